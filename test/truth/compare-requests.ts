import assert from 'node:assert/strict'
import type { CountsJson } from '../../src/api/counts-json.ts'
import type { ComponentMetrics, Metrics, WitnessedRequest } from './measured-process.ts'
import { assertPercentileBetween } from './order-statistic.ts'
import { countUnder } from './recount.ts'

/** Recorded durations are rounded to 2⁻¹⁴ ms, shown ones to 0.001 ms. */
const ROUNDED_MS = 2 ** -15 + 0.0005

/**
 * The requests of a testimony, once it is sure that none was still open, and that all lie within the span for which the
 * answer says that it is exact.
 */
export function watched(
  lines: readonly { readonly kind: string }[],
  answer: Metrics,
): readonly WitnessedRequest[] {
  const requests = lines.filter((line): line is WitnessedRequest => line.kind === 'request')
  assert.equal(lines.filter(({ kind }) => kind === 'start').length, requests.length)
  for (const { url, wallMs, longerMs } of requests) {
    assert.ok(wallMs >= answer.from_ms, `${url} began ${answer.from_ms - wallMs} ms before the stated span`)
    const lateMs = wallMs + longerMs - answer.to_ms
    assert.ok(lateMs <= 0, `${url} ended ${lateMs} ms after the stated span`)
  }
  return requests
}

/** How much the two sides leave open, for people who read the test's output. */
export function sidesApart(requests: readonly WitnessedRequest[]): string {
  const apart = requests.map(({ shorterMs, longerMs }) => longerMs - shorterMs).sort((a, b) => a - b)
  const us = (q: number): string => `${Math.round(1000 * apart[Math.ceil(q * apart.length) - 1]!)} µs`
  return `${apart.length} requests; the witness's two times lie ${us(0.5)} apart (median; p99 ${us(0.99)})`
}

/** 5xx; a client that left before any of the answer and within a second has only changed its mind. */
export function hasFailed({ status, ended, longerMs }: WitnessedRequest): boolean {
  return ended ? status >= 500 : longerMs >= 1000
}

/**
 * Compares what Yardstick says of some requests with what the witness saw of the same: numbers exactly; times so that
 * they lie between the witness's shorter and longer ones, with nothing added but the rounding of the figures and, for
 * percentiles, their 1.1 %.
 */
export function compareRequests(
  reported: CountsJson,
  requests: readonly WitnessedRequest[],
  where: string,
): void {
  const failed = requests.filter(hasFailed)
  const counts = [requests.length, requests.length - failed.length, failed.length]
  assert.deepEqual([reported.n, reported.ok, reported.failed], counts, `n, ok, failed of ${where}`)
  for (const { shorterMs, longerMs } of requests) assert.ok(0 <= shorterMs && shorterMs <= longerMs)

  const sorted = (list: readonly WitnessedRequest[], of: 'shorterMs' | 'longerMs'): Float64Array =>
    Float64Array.from(list, (request) => request[of]).sort()
  const shorter = sorted(requests, 'shorterMs')
  const longer = sorted(requests, 'longerMs')
  const sum = (list: Float64Array): number => list.reduce((ms, one) => ms + one, 0)
  const n = requests.length
  within(reported.sum_ms, sum(shorter), sum(longer), n * ROUNDED_MS, `sum of ${where}`)
  within(reported.min_ms, shorter[0]!, longer[0]!, ROUNDED_MS, `min of ${where}`)
  within(reported.max_ms, shorter.at(-1)!, longer.at(-1)!, ROUNDED_MS, `max of ${where}`)
  assertPercentileBetween(reported.p50_ms, shorter, longer, 0.5, ROUNDED_MS, where)
  assertPercentileBetween(reported.p95_ms, shorter, longer, 0.95, ROUNDED_MS, where)
  assertPercentileBetween(reported.p99_ms, shorter, longer, 0.99, ROUNDED_MS, where)

  const ok = requests.filter((request) => !hasFailed(request))
  for (const { limit_ms: limitMs, good, estimated } of reported.good) {
    assert.equal(estimated, false)
    const least = countUnder(sorted(ok, 'longerMs'), limitMs)
    const most = countUnder(sorted(ok, 'shorterMs'), limitMs)
    within(good, least, most, 0, `good under ${limitMs} ms of ${where}`)
  }
}

/** The same for each series: `nameOf` tells from the outside what a request has to be called. */
export function compareSeries(
  component: ComponentMetrics,
  requests: readonly WitnessedRequest[],
  nameOf: (request: WitnessedRequest) => string,
): void {
  const wanted = Map.groupBy(requests, nameOf)
  assert.deepEqual(component.series.map(({ name }) => name).sort(), [...wanted.keys()].sort())
  for (const series of component.series) compareRequests(series, wanted.get(series.name)!, series.name)
  compareRequests(component, requests, 'all requests')
}

function within(value: number | null, least: number, most: number, toleranceMs: number, what: string): void {
  assert.ok(
    value !== null && value >= least - toleranceMs && value <= most + toleranceMs,
    `${what} lies in ${least} … ${most}, reported ${value}`,
  )
}
