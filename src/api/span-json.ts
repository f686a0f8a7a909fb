import { z } from 'zod'
import { parseDuration } from '../ground/duration.ts'
import { instantOf, iso } from '../ground/instant.ts'
import { type BodyCheck, bodyCheck } from './body-check.ts'
import type { InvalidParameter } from './parameters.ts'

const time = z
  .string()
  .refine((text) => instantOf(text) !== undefined, 'Expected a time such as 2026-01-10T12:00:00Z')

/** Ten years: beyond some time there are no dates any more. */
const LONGEST = '3650d'
/** Such a time cannot be read back. */
const YEAR_10000_MS = Date.UTC(10_000, 0)

/** A time such as `30min`, of 1 ms at least: an end that is its start is none. */
export const duration: z.ZodType<string> = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) >= 1, 'Expected a duration such as 30min or 2h')
  .refine((text) => (parseDuration(text) ?? 0) <= parseDuration(LONGEST)!, `Expected at most ${LONGEST}`)

/** A span as people give it. */
export interface SpanJson {
  readonly from?: string | undefined
  readonly until?: string | undefined
  readonly for?: string | undefined
}

export const spanShape: { readonly [K in keyof Required<SpanJson>]: z.ZodOptional<z.ZodType<string>> } = {
  from: time.optional(),
  until: time.optional(),
  for: duration.optional(),
}

/** The span that is meant, of which `spanCheck` found nothing wrong. */
export function spanOf(json: SpanJson, atMs: number): { readonly fromMs: number; readonly untilMs: number } {
  const fromMs = (json.from === undefined ? undefined : instantOf(json.from)) ?? atMs
  const untilMs =
    json.until === undefined ? fromMs + (parseDuration(json.for ?? '') ?? 0) : instantOf(json.until)!
  return { fromMs, untilMs }
}

export function spanProblems(json: SpanJson, atMs: number): readonly InvalidParameter[] {
  if ((json.until === undefined) === (json.for === undefined)) {
    const detail = `until: Expected either until or for, got ${json.for === undefined ? 'neither' : 'both'}.`
    return [{ parameter: 'until', detail }]
  }
  const { fromMs, untilMs } = spanOf(json, atMs)
  if (untilMs >= YEAR_10000_MS) {
    const detail = `from: Expected a start after which ${json.for} ends before the year 10000; got ${json.from}.`
    return [{ parameter: 'from', detail }]
  }
  if (untilMs > Math.max(fromMs, atMs)) return []
  if (json.until === undefined) {
    // What has a length began too early.
    const got = `got ${json.from}, so it ended at ${iso(untilMs)}`
    return [
      { parameter: 'from', detail: `from: Expected a start after which ${json.for} is not over; ${got}.` },
    ]
  }
  const detail = `until: Expected a time that is to come, and after from; got ${iso(untilMs)}.`
  return [{ parameter: 'until', detail }]
}

export const spanCheck: BodyCheck = bodyCheck<SpanJson>(['from', 'until', 'for'], (span, { snapshot }) =>
  spanProblems(span, snapshot.atMs),
)
