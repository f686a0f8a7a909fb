import { z } from 'zod'
import type { AlertHistory } from '../alerts/history.ts'
import type { AlertWatch } from '../alerts/watch.ts'
import { iso } from '../ground/instant.ts'
import { type AlertJson, alertJson, alertShape } from './alert-json.ts'
import { instant, named } from './schemas.ts'

const entry = z.strictObject({
  timestamp: instant,
  type: z
    .string()
    .describe('The event; of a notice `said`, then `delivered`, `claimed_elsewhere` or `dead`.'),
  text: z.string(),
})

/** An alert and what happened to it. */
export interface TimelineJson extends AlertJson {
  readonly timeline: readonly { readonly timestamp: string; readonly type: string; readonly text: string }[]
}

export const timelineSchema: z.ZodType<TimelineJson> = z
  .strictObject({ ...alertShape, timeline: z.array(entry).readonly().describe('Oldest first.') })
  .register(named, { id: 'AlertTimeline' })

export function timelineJson(
  { alert, timeline }: AlertHistory,
  watch: AlertWatch,
  atMs: number,
): TimelineJson {
  return {
    ...alertJson(alert, watch, atMs),
    timeline: timeline.map(({ atMs: whenMs, type, text }) => ({ timestamp: iso(whenMs), type, text })),
  }
}
