import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Connections } from './connections.ts'
import { exchange } from './exchange.ts'
import { type ScheduleOptions, schedule } from './schedule.ts'
import { Visitors } from './visitors.ts'

export interface LoadOptions extends ScheduleOptions {
  /** On this machine only, such as `http://127.0.0.1:3000`. */
  readonly url: string
  /** Ends the load early; calls under way are given up. */
  readonly signal?: AbortSignal
}

/** What happened to every visitor: `arrived` = `unsent` + answered (by `statuses`) + unanswered (by `errors`). */
export interface LoadCounts {
  readonly seconds: number
  readonly arrived: number
  /** Turned away by this generator's own bound of calls at once. */
  readonly unsent: number
  readonly statuses: ReadonlyMap<number, number>
  readonly errors: ReadonlyMap<string, number>
  /** From when the visitor was due to the last byte of the answer, so waiting to be sent counts; nanoseconds. */
  readonly latencyNs: RecordableHistogram
  /** How late the generator itself was at most. */
  readonly latestMs: number
}

const MOST_AT_ONCE = 1_000

/**
 * Sends the schedule's visitors to a shop.
 *
 * @throws RangeError (by rejection) as `checkedUrl` does.
 * @example
 * const counts = await load({ url: 'http://127.0.0.1:3000', ratePerS: 80, seconds: 60 })
 */
export async function load(options: LoadOptions): Promise<LoadCounts> {
  const base = checkedUrl(options)
  const connections = new Connections()
  const visitors = new Visitors(options.seed)
  const counts = {
    arrived: 0,
    unsent: 0,
    statuses: new Map<number, number>(),
    errors: new Map<string, number>(),
    latencyNs: createHistogram(),
    latestMs: 0,
  }
  const underway = new Set<Promise<void>>()
  // Ends the connections in use too, and with them the calls under way.
  options.signal?.addEventListener('abort', () => connections.close(), { once: true })
  const startMs = performance.now()

  for (const { atMs, errand } of schedule(options)) {
    const dueMs = startMs + atMs
    const earlyMs = dueMs - performance.now()
    if (earlyMs > 1) await pause(earlyMs, undefined, { signal: options.signal }).catch(() => {})
    if (options.signal?.aborted === true) break
    counts.arrived += 1
    counts.latestMs = Math.max(counts.latestMs, performance.now() - dueMs)
    if (underway.size >= MOST_AT_ONCE) {
      counts.unsent += 1
      continue
    }
    const call = visitors.call(errand)
    const answer = exchange(base, connections.of(call.userAgent), call).then(
      ({ status, token }) => {
        add(counts.statuses, status)
        counts.latencyNs.record(Math.max(1, Math.round((performance.now() - dueMs) * 1e6)))
        if (call.signsIn !== undefined && token !== undefined) visitors.signedIn(call.signsIn, token)
      },
      (error: NodeJS.ErrnoException) => add(counts.errors, error.code ?? error.name),
    )
    underway.add(answer)
    answer.finally(() => underway.delete(answer))
  }

  await Promise.all(underway)
  connections.close()
  return { ...counts, seconds: (performance.now() - startMs) / 1_000 }
}

/** @throws RangeError for a host that is not this machine, or a rate or time out of bounds. */
export function checkedUrl(options: LoadOptions): URL {
  const url = new URL(options.url)
  if (!['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)) {
    throw new RangeError(
      `the load goes to this machine only, such as http://127.0.0.1:3000, not to ${url.host}`,
    )
  }
  if (!(options.ratePerS > 0 && options.ratePerS <= 1_000)) {
    throw new RangeError(`the rate is above 0 and at most 1000 a second, not ${options.ratePerS}`)
  }
  if (!(options.seconds > 0 && options.seconds <= 86_400)) {
    throw new RangeError(`the time is above 0 and at most 86400 seconds, not ${options.seconds}`)
  }
  return url
}

/** The counts, for people. */
export function describeLoad(counts: LoadCounts): string {
  const list = (map: ReadonlyMap<string | number, number>): string =>
    [...map]
      .sort()
      .map(([what, count]) => `${what}: ${count}`)
      .join(', ') || 'none'
  const ms = (q: number): string => `${(counts.latencyNs.percentile(q) / 1e6).toFixed(1)} ms`
  return [
    `load: ${counts.arrived} visitors in ${counts.seconds.toFixed(1)} s, ${counts.unsent} of them not sent`,
    `load: answers by status ${list(counts.statuses)}; no answer ${list(counts.errors)}`,
    `load: latency seen by the client p50 ${ms(50)}, p95 ${ms(95)}, p99 ${ms(99)}, slowest ${ms(100)}`,
    `load: the generator itself was at most ${counts.latestMs.toFixed(1)} ms late`,
  ].join('\n')
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      rate: { type: 'string', default: '80' },
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
    },
  })
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const counts = await load({
    url: values.url,
    ratePerS: Number(values.rate),
    seconds: Number(values.seconds),
    seed: Number(values.seed),
    signal: stop.signal,
  })
  console.log(describeLoad(counts))
}
