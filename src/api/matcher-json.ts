import { z } from 'zod'
import { type Matcher, matching } from '../alerts/matcher.ts'
import type { AlertWatch } from '../alerts/watch.ts'
import { type BodyCheck, bodyCheck } from './body-check.ts'
import { didYouMean } from './did-you-mean.ts'
import { type InvalidParameter, MOST_LISTED, shown } from './parameters.ts'
import { alertSeverity, named } from './schemas.ts'

const names = z.array(z.string().min(1).max(200)).min(1).max(100).readonly()

export const matcherSchema: z.ZodType<MatcherJson> = z
  .strictObject({
    targets: names.describe('Ids or patterns.').optional(),
    components: names.optional(),
    severities: z.array(alertSeverity).min(1).readonly().optional(),
    policies: names.optional(),
    alerts: names.describe('Ids.').optional(),
  })
  .describe('Which alerts are meant: those that fit every part that is given; {} fits all.')
  .register(named, { id: 'Matcher' })

export interface MatcherJson {
  readonly targets?: readonly string[] | undefined
  readonly components?: readonly string[] | undefined
  readonly severities?: readonly ('WARNING' | 'CRITICAL')[] | undefined
  readonly policies?: readonly string[] | undefined
  readonly alerts?: readonly string[] | undefined
}

export function matcherOf(json: MatcherJson): Matcher {
  return Object.fromEntries(Object.entries(json).filter(([, part]) => part !== undefined))
}

/** A matcher that no target fits keeps nothing quiet: whoever misspelt it has to hear of it now. */
export const matcherCheck: BodyCheck = bodyCheck<{ readonly match: MatcherJson }>(
  ['match'],
  ({ match }, { watch }) => matcherProblems(match, watch),
)

function matcherProblems(json: MatcherJson, watch: AlertWatch): readonly InvalidParameter[] {
  return [...placeProblems(json, watch), ...policyProblems(json, watch), ...alertProblems(json, watch)]
}

function policyProblems(
  { policies = [] }: MatcherJson,
  { options }: AlertWatch,
): readonly InvalidParameter[] {
  const known = options.policies.map(({ name }) => name)
  const unknown = policies.filter((policy) => !known.includes(policy))
  if (unknown.length === 0) return []
  const got = shown(unknown.join(', '))
  const detail = `match.policies: Expected only ${known.join(', ')}, got "${got}".${didYouMean(unknown, known)}`
  return [{ parameter: 'match.policies', detail }]
}

function alertProblems({ alerts = [] }: MatcherJson, { book }: AlertWatch): readonly InvalidParameter[] {
  const unknown = alerts.filter((id) => book.alert(id) === undefined)
  if (unknown.length === 0) return []
  const open = book.firing.map(({ id }) => id)
  const known = open.length === 0 ? 'None fires.' : `There are ${listed(open)}.`
  const got = shown(unknown.join(', '))
  const detail = `match.alerts: Expected the ids of alerts that are open, got "${got}". ${known}`
  return [{ parameter: 'match.alerts', detail }]
}

/** The parts of a matcher that say where, each of which may fit something that the other does not. */
const PLACES = ['targets', 'components'] as const

function placeProblems(json: MatcherJson, { targets }: AlertWatch): readonly InvalidParameter[] {
  const given = PLACES.filter((part) => json[part] !== undefined)
  const isFitted = (parts: typeof given): boolean => {
    const fits = matching(Object.fromEntries(parts.map((part) => [part, json[part]])))
    return targets.some(({ id, component }) => fits({ target: id, component }))
  }
  const problem = (parameter: string, parts: typeof given): InvalidParameter => {
    const isComponent = parameter === 'match.components'
    const expected = isComponent ? 'a component that has a target' : 'something that fits a target'
    const words = parts.flatMap((part) => json[part] ?? [])
    const known = targets.map(({ id, component }) => (isComponent ? component : id))
    // What each fits alone is spelt right.
    const near = parts.length > 1 ? '' : didYouMean(words, known)
    const got = shown(words.join(', '))
    return {
      parameter,
      detail: `${parameter}: Expected ${expected}, got "${got}". There are ${listed(known)}.${near}`,
    }
  }
  const wrong = given.filter((part) => !isFitted([part]))
  if (wrong.length > 0) return wrong.map((part) => problem(`match.${part}`, [part]))
  return isFitted(given) ? [] : [problem('match', given)]
}

function listed(names: readonly string[]): string {
  const each = [...new Set(names)].map((name) => `"${name}"`)
  const more = each.length > MOST_LISTED ? ` and ${each.length - MOST_LISTED} more` : ''
  return `${each.slice(0, MOST_LISTED).join(', ')}${more}`
}
