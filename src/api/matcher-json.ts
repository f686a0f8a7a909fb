import { z } from 'zod'
import { type Matcher, matching } from '../alerts/matcher.ts'
import type { AlertWatch } from '../alerts/watch.ts'
import { type BodyCheck, bodyCheck } from './body-check.ts'
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
  const { targets, components, policies } = matcherOf(json)
  const place = {
    ...(targets === undefined ? {} : { targets }),
    ...(components === undefined ? {} : { components }),
  }
  const problems: InvalidParameter[] = []
  if (!watch.targets.some(({ id, component }) => matching(place)({ target: id, component }))) {
    const names = watch.targets.map(({ id }) => `"${id}"`)
    const more = names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : ''
    const known = `${names.slice(0, MOST_LISTED).join(', ')}${more}`
    const got = shown([...(targets ?? []), ...(components ?? [])].join(', '))
    const detail = `match: Expected something that fits a target, got "${got}". There are ${known}.`
    problems.push({ parameter: 'match', detail })
  }
  const known = watch.options.policies.map(({ name }) => name)
  const unknown = policies?.filter((policy) => !known.includes(policy)) ?? []
  if (unknown.length > 0) {
    const got = shown(unknown.join(', '))
    const detail = `match.policies: Expected only ${known.join(', ')}, got "${got}".`
    problems.push({ parameter: 'match.policies', detail })
  }
  return problems
}
