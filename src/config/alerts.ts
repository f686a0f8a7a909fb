import { matching } from '../alerts/matcher.ts'
import {
  type AlertOptions,
  alertDefaults,
  burnRatePolicy,
  defaultRoute,
  ratioPolicy,
} from '../alerts/options.ts'
import type { Policy } from '../alerts/policy.ts'
import type { Route } from '../alerts/route.ts'
import type { Target } from '../targets/target.ts'
import type { AlertsDraft, MatchDraft, PolicyDraft, RouteDraft } from './alert-drafts.ts'
import { burnPairsFrom } from './burn-pairs.ts'
import { maintenanceFrom } from './maintenance.ts'
import type { Problem } from './problems.ts'
import { quietHoursFrom } from './quiet-hours.ts'

/**
 * The complete options about alerts. Notes what is missing, contradictory or repeated, and what could never match:
 * a filter that is empty by mistake shows here and not in the night in which nothing fires.
 */
export function alertsFrom(
  draft: AlertsDraft,
  targets: readonly Target[],
  problems: Problem[],
): AlertOptions {
  const { grace = {} } = draft
  const { graceMs } = alertDefaults
  const policies = draft.policies?.flatMap((each, at) =>
    each === undefined ? [] : (policyFrom(each, `alerts.policies[${at}]`, problems) ?? []),
  )
  const routes = draft.routes?.flatMap((each, at) =>
    each === undefined ? [] : (routeFrom(each, `alerts.routes[${at}]`, problems) ?? []),
  )
  noteRepeated(draft.policies?.map((each) => each?.name ?? each?.kind) ?? [], 'alerts.policies', problems)
  noteRepeated(draft.maintenance?.map((each) => each?.name) ?? [], 'alerts.maintenance', problems)
  noteRepeated(draft.routes?.map((each) => each?.notifier) ?? [], 'alerts.routes', problems)
  for (const option of ['policies', 'maintenance', 'routes'] as const) {
    const list: readonly (MatchDraft | undefined)[] = draft[option] ?? []
    for (const [at, each] of list.entries())
      if (each !== undefined) noteUnmatched(each, { path: `alerts.${option}[${at}]`, targets, problems })
  }
  return {
    enabled: draft.enabled ?? alertDefaults.enabled,
    policies: policies ?? alertDefaults.policies,
    graceMs: {
      afterStart: grace.afterStart ?? graceMs.afterStart,
      afterChange: grace.afterChange ?? graceMs.afterChange,
      afterMaintenance: grace.afterMaintenance ?? graceMs.afterMaintenance,
    },
    successAfterMs: draft.successAfter ?? alertDefaults.successAfterMs,
    maintenance: maintenanceFrom(draft.maintenance ?? [], problems),
    quietHours: quietHoursFrom(draft.quietHours ?? [], problems),
    routes: routes ?? alertDefaults.routes,
  }
}

function policyFrom(draft: PolicyDraft, path: string, problems: Problem[]): Policy | undefined {
  const { kind } = draft
  if (kind === undefined) {
    noteMissing(draft, 'kind', { path, fix: 'write kind: "ratio" or "burn_rate"', problems })
    return undefined
  }
  const standard = kind === 'ratio' ? ratioPolicy : burnRatePolicy
  const terms = {
    name: draft.name ?? kind,
    match: matchFrom(draft),
    forMs: draft.for ?? standard.forMs,
    keepFiringForMs: draft.keepFiringFor ?? standard.keepFiringForMs,
    recovery: draft.recovery ?? standard.recovery,
    fewestBad: draft.fewestBad ?? standard.fewestBad,
  }
  noteForeign(draft, kind, { path, problems })
  if (kind === 'burn_rate') {
    const pairs =
      draft.pairs === undefined ? burnRatePolicy.pairs : burnPairsFrom(draft.pairs, path, problems)
    return { ...burnRatePolicy, ...terms, pairs }
  }
  const { warning = ratioPolicy.warning, critical = Math.max(ratioPolicy.critical, warning) } = draft
  if (warning > critical) {
    problems.push({
      path,
      expected: 'warning at most critical',
      got: `warning ${warning}, critical ${critical}`,
      fix: 'a worse severity begins at a higher factor',
    })
  }
  const fewestOperations = draft.fewestOperations ?? ratioPolicy.fewestOperations
  return { ...ratioPolicy, ...terms, warning, critical, fewestOperations }
}

const OF_RATIO = ['warning', 'critical', 'fewestOperations'] as const
const OF_BURN_RATE = ['pairs'] as const

function noteForeign(
  draft: PolicyDraft,
  kind: Policy['kind'],
  { path, problems }: { readonly path: string; readonly problems: Problem[] },
): void {
  const other = kind === 'ratio' ? 'burn_rate' : 'ratio'
  for (const option of kind === 'ratio' ? OF_BURN_RATE : OF_RATIO) {
    if (!Object.hasOwn(draft, option)) continue
    problems.push({
      path: `${path}.${option}`,
      expected: `an option of a policy of kind ${kind}`,
      got: `${option}, which is for ${other}`,
      fix: `remove it, or write a policy of kind: "${other}"`,
    })
  }
}

function routeFrom(draft: RouteDraft, path: string, problems: Problem[]): Route | undefined {
  const { notifier, repeat } = draft
  if (notifier === undefined) {
    noteMissing(draft, 'notifier', { path, fix: 'write notifier: "slack" or another', problems })
    return undefined
  }
  const standard = defaultRoute(notifier)
  const { repeatMs, ...rest } = standard
  const repeated = repeat === 'never' ? {} : { repeatMs: repeat ?? repeatMs! }
  const match = matchFrom(draft)
  return {
    ...rest,
    ...repeated,
    match: Object.keys(match).length === 0 ? [] : [match],
    from: draft.severity ?? standard.from,
    groupBy: draft.groupBy ?? standard.groupBy,
    groupWaitMs: draft.groupWait ?? standard.groupWaitMs,
    success: draft.success ?? standard.success,
  }
}

function matchFrom({ targets, components }: MatchDraft): MatchDraft {
  return {
    ...(targets === undefined ? {} : { targets }),
    ...(components === undefined ? {} : { components }),
  }
}

function noteMissing(
  draft: object,
  option: string,
  { path, fix, problems }: { readonly path: string; readonly fix: string; readonly problems: Problem[] },
): void {
  // What was given and could not be read is told already.
  if (Object.hasOwn(draft, option)) return
  problems.push({ path: `${path}.${option}`, expected: `${option}`, got: 'nothing', fix })
}

function noteRepeated(names: readonly (string | undefined)[], path: string, problems: Problem[]): void {
  for (const [at, name] of names.entries()) {
    const first = names.indexOf(name)
    if (name === undefined || first === at) continue
    problems.push({
      path: `${path}[${at}]`,
      expected: 'each name once',
      got: `${JSON.stringify(name)} again, as in ${path}[${first}]`,
      fix: 'give it another name, or remove one of them',
    })
  }
}

function noteUnmatched(
  draft: MatchDraft,
  {
    path,
    targets,
    problems,
  }: { readonly path: string; readonly targets: readonly Target[]; readonly problems: Problem[] },
): void {
  const { targets: patterns, components } = matchFrom(draft)
  if (patterns === undefined && components === undefined) return
  const matches = matching(matchFrom(draft))
  if (targets.some(({ id, component }) => matches({ target: id, component }))) return
  const option = patterns === undefined ? 'components' : 'targets'
  problems.push({
    path: `${path}.${option}`,
    expected: 'something that fits a target',
    got: JSON.stringify(patterns ?? components),
    fix: `targets are ${targets.map(({ id }) => `"${id}"`).join(', ')}`,
  })
}
