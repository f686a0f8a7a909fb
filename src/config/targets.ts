import { formatDuration } from '../ground/duration.ts'
import { defaultGrades, defaultTarget, defaultTargets } from '../targets/defaults.ts'
import { overlap } from '../targets/overlap.ts'
import type { Indicator, Target } from '../targets/target.ts'
import type { TargetDraft } from './drafts.ts'
import { gradesFrom } from './grades.ts'
import { INDICATORS, indicatorsIn } from './indicators.ts'
import type { Problem } from './problems.ts'
import { type Body, baseId, identified, indicatorName } from './target-identity.ts'

/**
 * The complete targets: the defaults, each replaced by the first given target on the same component as a whole and
 * the same kind of indicator, then the others as given. Notes what is missing, contradictory, repeated or too much.
 */
export function targetsFrom(
  drafts: readonly (TargetDraft | undefined)[],
  withDefaults: boolean,
  problems: Problem[],
): readonly Target[] {
  const given = drafts.flatMap((draft, at) => (draft && bodyOf(draft, { at, withDefaults }, problems)) ?? [])
  noteRepeated(given, problems)
  const bodies: Body[] = []
  for (const { id: _id, weight: _weight, ...table } of withDefaults ? defaultTargets : []) {
    bodies.push(given.find(({ target }) => replaces(target, table)) ?? { draft: {}, target: table })
  }
  bodies.push(...given.filter((body) => !bodies.includes(body)))
  const targets = identified(bodies, problems)
  noteFifthLimit(targets, bodies, problems)
  return targets
}

/** Where a target stands, and whether the default ones stand beside it. */
interface Stand {
  readonly at: number
  readonly withDefaults: boolean
}

function bodyOf(draft: TargetDraft, stand: Stand, problems: Problem[]): Body | undefined {
  const { at } = stand
  const path = `targets[${at}]`
  const { component, series, except = [], grades = {} } = draft
  if (!Object.hasOwn(draft, 'component')) {
    problems.push({
      path: `${path}.component`,
      expected: 'the name of a component',
      got: 'nothing',
      fix: 'write component: "request" or another',
    })
  }
  const indicator = indicatorOf(draft, stand, problems)
  if (component === undefined || indicator === undefined) return undefined
  const table = defaultTarget(component)
  const unchanged = indicator === table?.indicator
  const base = unchanged ? table.grades : defaultGrades(component, indicator)
  const limits = gradesFrom(grades, indicator, base, (below, problem) => {
    problems.push({ path: path + below, ...problem })
  })
  // What was given but could not be read is told; as the whole component it would seem to repeat another target.
  if (isUnread(draft, 'series') || isUnread(draft, 'except')) return undefined
  const named = series === undefined ? {} : { series }
  return { draft, at, target: { component, ...named, except, indicator, grades: limits } }
}

function isUnread(draft: TargetDraft, option: 'series' | 'except'): boolean {
  return Object.hasOwn(draft, option) && draft[option] === undefined
}

function indicatorOf(
  draft: TargetDraft,
  { at, withDefaults }: Stand,
  problems: Problem[],
): Indicator | undefined {
  const path = `targets[${at}]`
  const options = indicatorsIn(draft)
  const expected = `one of ${Object.keys(INDICATORS).join(', ')}`
  if (options.length > 1) {
    const got = options.join(' and ')
    problems.push({ path, expected, got, fix: 'write a target of its own for each' })
    return undefined
  }
  const option = options[0]
  if (option !== undefined) {
    const value = draft[option]
    return value === undefined ? undefined : INDICATORS[option](value)
  }
  // A default component as a whole may leave its limit to the table and change only letters, weight or exceptions.
  const whole = !Object.hasOwn(draft, 'series') && Object.hasOwn(draft, 'component')
  if (draft.component === undefined) return undefined
  const table = whole ? defaultTarget(draft.component)?.indicator : undefined
  if (table === undefined)
    problems.push({ path, expected, got: 'none', fix: 'add a limit such as p95: "300ms"' })
  // Beside the defaults it asks for nothing: its limit was forgotten, or was `undefined`. What cannot be read is told.
  else if (withDefaults && Object.keys(draft).length === 1 && !isTold(path, problems)) {
    const limit = table.kind === 'latency' ? 'p95: "300ms"' : 'hitRate: "90%"'
    problems.push({
      path,
      expected: `${expected}, or else what is to change of the default: grades, weight, except, id`,
      got: 'only the component',
      fix: `add a limit such as ${limit}, or remove the target`,
    })
    return undefined
  }
  return table
}

function isTold(target: string, problems: readonly Problem[]): boolean {
  return problems.some(({ path }) => path.startsWith(`${target}.`))
}

function replaces(given: Body['target'], table: Body['target']): boolean {
  return (
    given.component === table.component &&
    given.series === undefined &&
    given.indicator.kind === table.indicator.kind
  )
}

function noteRepeated(bodies: readonly Body[], problems: Problem[]): void {
  const seen = new Map<string, number>()
  for (const { at, target, draft } of bodies) {
    if (at === undefined) continue
    const { component, series, except, indicator } = target
    const key = JSON.stringify([component, series, [...except].sort(), indicatorName(indicator)])
    const first = seen.get(key)
    if (first === undefined) seen.set(key, at)
    else {
      const isGiven = indicatorsIn(draft).length > 0
      problems.push({
        path: `targets[${at}]`,
        expected: 'each requirement once',
        got: `${isGiven ? '' : 'no limit, so the default '}${indicatorName(indicator)} of ${baseId(target)} again, as in targets[${first}]`,
        fix: isGiven ? 'remove one of them' : 'give it a limit of its own, or remove one of them',
      })
    }
  }
}

function noteFifthLimit(targets: readonly Target[], bodies: readonly Body[], problems: Problem[]): void {
  const found = overlap(targets)
  if (found === undefined) return
  const sources = found.targets.map((target) => {
    const { at } = bodies[targets.indexOf(target)]!
    const limit = target.indicator.kind === 'latency' ? formatDuration(target.indicator.limitMs) : ''
    return `${limit} (${at === undefined ? 'default' : `targets[${at}]`})`
  })
  problems.push({
    path: 'targets',
    expected: 'at most 4 distinct limits for any one series',
    got: `${found.limitsMs.length} for a ${found.component} such as "${found.series}": ${sources.join(', ')}`,
    fix: 'make some of them equal, or leave the series out with except',
  })
}
