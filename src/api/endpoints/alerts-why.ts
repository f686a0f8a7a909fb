import { z } from 'zod'
import type { WhyCondition, WhyPair } from '../../alerts/why-condition.ts'
import { didYouMean } from '../did-you-mean.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { head, headShape } from '../head.ts'
import { shown } from '../parameters.ts'
import { Refusal } from '../refusal.ts'
import { named } from '../schemas.ts'

const said = { holds: z.boolean(), text: z.string() }
const plain = z.strictObject({ name: z.string(), ...said })
const pair = z.strictObject({ ...said, conditions: z.array(plain).describe('All of them have to hold.') })
const condition = plain.extend({
  any_of: z
    .array(pair)
    .optional()
    .describe('Of a burn-rate policy, its pairs of windows: the condition holds when one of them does.'),
})

const why = z
  .strictObject({
    target: z.string(),
    policy: z.string(),
    state: z.enum(['quiet', 'pending', 'firing', 'resolved']),
    conditions: z.array(condition).describe('An alert fires, and is told, when all of them hold.'),
    text: z.string().describe('The same in several lines.'),
  })
  .register(named, { id: 'Why' })

export const alertsWhy: Endpoint = endpoint({
  path: '/alerts/why',
  name: 'alerts_why',
  summary: 'Why an alert did or did not fire',
  description:
    'Of each target and policy, or of one target: which condition holds and which does not, with numbers.',
  windowed: false,
  query: z.object({ target: z.string().min(1).max(300).optional().describe('the id of a target') }),
  response: z.strictObject({ ...headShape, why: z.array(why) }).register(named, { id: 'AlertsWhy' }),
  answer: async ({ snapshot, desk, settings, query: { target } }) => {
    const ids = settings.targets.map(({ id }) => id)
    if (target !== undefined && !ids.includes(target)) {
      const detail = `Expected target to be one of ${ids.join(', ')}, got "${shown(target)}".${didYouMean([target], ids)}`
      throw new Refusal('invalid-parameter', detail, [{ parameter: 'target', detail }])
    }
    const found = await Promise.all((target === undefined ? ids : [target]).map((id) => desk.why(id)))
    return {
      ...head(snapshot),
      why: found.flat().map(({ conditions, ...each }) => ({
        ...each,
        conditions: conditions.map((each) => ({
          ...plainJson(each),
          ...(each.anyOf === undefined ? {} : { any_of: each.anyOf.map(pairJson) }),
        })),
      })),
    }
  },
})

function pairJson({ holds, text, conditions }: WhyPair): z.infer<typeof pair> {
  return { holds, text, conditions: conditions.map(plainJson) }
}

function plainJson({ name, holds, text }: WhyCondition): z.infer<typeof plain> {
  return { name, holds, text }
}
