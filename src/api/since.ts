import { z } from 'zod'
import { parseDuration } from '../ground/duration.ts'
import { instantOf } from '../ground/instant.ts'

const DAY_MS = 86_400_000
const DEFAULT_MS = 7 * DAY_MS

/** Text: how far back, or an instant. */
export const since: z.ZodType<string | undefined> = z
  .string()
  .max(40)
  .refine((text) => sinceMs(text, 0) !== undefined)
  .optional()
  .describe('a duration such as 24h or 7d, or a time such as 2026-01-10T12:00:00Z')

/** The instant it means at `atMs`; 7 days ago where nothing is said. */
export function sinceOr7Days(text: string | undefined, atMs: number): number {
  return (text === undefined ? undefined : sinceMs(text, atMs)) ?? atMs - DEFAULT_MS
}

function sinceMs(text: string, atMs: number): number | undefined {
  const durationMs = parseDuration(text)
  // Beyond some time there are no dates any more, and before this one nothing was measured.
  return durationMs === undefined ? instantOf(text) : Math.max(0, atMs - durationMs)
}
