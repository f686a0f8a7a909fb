import { z } from 'zod'
import { type AlertFigures, alertSummary } from '../../alerts/summary.ts'
import { msOrNull } from '../../ground/decimals.ts'
import { iso } from '../../ground/instant.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { head, headShape } from '../head.ts'
import { alertSeverity, count, instant, milliseconds, named } from '../schemas.ts'
import { since, sinceOr7Days } from '../since.ts'

const DAY_MS = 86_400_000

const figures = {
  fired: count,
  resolved: count,
  open: count,
  flaps: count.describe('Fired again within an hour of its predecessor’s end.'),
  mtta_ms: milliseconds.nullable().describe('Mean time from firing to its acknowledgement.'),
  mttr_ms: milliseconds.nullable().describe('Mean time from firing to its end.'),
}

const target = z.strictObject({
  ...figures,
  target: z.string(),
  worst_severity: alertSeverity,
  firing_ms: milliseconds.describe('Time with at least one alert firing.'),
  longest_ms: milliseconds.nullable(),
})

export const alertsSummary: Endpoint = endpoint({
  path: '/alerts/summary',
  name: 'alerts_summary',
  summary: 'How long alerts took',
  description: 'Resolution times, MTTA, MTTR and flaps of the alerts that fired since `since` (7 days ago).',
  windowed: false,
  query: z.object({ since }),
  response: z
    .strictObject({
      ...headShape,
      since: instant,
      ...figures,
      targets: z.array(target).describe('The one that fired longest first.'),
    })
    .register(named, { id: 'AlertsSummary' }),
  answer: async ({ snapshot, desk, query }) => {
    const fromMs = sinceOr7Days(query.since, snapshot.atMs)
    // Some of what was before, so that the first flap is seen.
    const events = await desk.events({ fromMs: fromMs - DAY_MS, toMs: Number.MAX_SAFE_INTEGER })
    const { targets, ...all } = alertSummary(events, { fromMs, toMs: snapshot.atMs + 1 })
    return {
      ...head(snapshot),
      since: iso(fromMs),
      ...figuresJson(all),
      targets: targets.map((each) => ({
        ...figuresJson(each),
        target: each.target,
        worst_severity: each.worst,
        firing_ms: each.firingMs,
        longest_ms: msOrNull(each.longestMs),
      })),
    }
  },
})

function figuresJson({ fired, resolved, open, flaps, mttaMs, mttrMs }: AlertFigures): {
  readonly [K in keyof typeof figures]: z.infer<(typeof figures)[K]>
} {
  return { fired, resolved, open, flaps, mtta_ms: msOrNull(mttaMs), mttr_ms: msOrNull(mttrMs) }
}
