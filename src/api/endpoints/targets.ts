import { z } from 'zod'
import { formatDuration } from '../../ground/duration.ts'
import type { Target } from '../../targets/target.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { head, headShape } from '../head.ts'
import { count, milliseconds, named, share, windowName } from '../schemas.ts'

const indicator = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('latency'), percentile: share, limit_ms: milliseconds }),
  z.strictObject({ kind: z.literal('hit_rate'), share }),
])

const target = z
  .strictObject({
    id: z.string(),
    component: z.string(),
    series: z.string().nullable().describe('Name or pattern; null: the whole component.'),
    except: z.array(z.string()),
    indicator,
    requirement: z.string().describe('In words, e.g. `p95 < 50 ms`.'),
    grades: z
      .strictObject({ a: z.number(), b: z.number(), c: z.number(), d: z.number() })
      .describe('Where each letter ends: ms (strictly under), or share (strictly over). Past d it is an F.'),
    weight: z.number().min(0).describe('In the overall grade.'),
  })
  .register(named, { id: 'Target' })

export const targets: Endpoint = endpoint({
  path: '/targets',
  name: 'targets',
  summary: 'The requirements',
  description: 'All targets as they are in force.',
  windowed: false,
  response: z
    .strictObject({ ...headShape, default_window: windowName, targets: z.array(target), total: count })
    .register(named, { id: 'Targets' }),
  answer: ({ snapshot, settings }) => ({
    ...head(snapshot),
    default_window: settings.defaultWindow,
    targets: settings.targets.map(targetJson),
    total: settings.targets.length,
  }),
})

function targetJson(one: Target): z.infer<typeof target> {
  const { id, component, series = null, except, indicator, grades, weight } = one
  return {
    id,
    component,
    series,
    except: [...except],
    indicator:
      indicator.kind === 'latency'
        ? { kind: 'latency', percentile: indicator.percentile, limit_ms: indicator.limitMs }
        : { kind: 'hit_rate', share: indicator.share },
    requirement: requirement(indicator),
    grades: { ...grades },
    weight,
  }
}

function requirement(indicator: Target['indicator']): string {
  return indicator.kind === 'latency'
    ? `p${percent(indicator.percentile)} < ${formatDuration(indicator.limitMs)}`
    : `hit rate > ${percent(indicator.share)} %`
}

function percent(share: number): number {
  return Number((100 * share).toFixed(4))
}
