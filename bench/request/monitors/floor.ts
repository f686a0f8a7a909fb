import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Monitor, routeOf } from '../monitor.ts'

const bits = new Float64Array(1)
const words = new Uint32Array(bits.buffer)
const LOWEST = (1023 - 32) << 6

class Series {
  readonly #counts = new Uint32Array(64 << 6)
  readonly #sums = Float64Array.of(0, 0, Number.POSITIVE_INFINITY, 0)

  record(ms: number): void {
    bits[0] = ms
    this.#counts[(words[1]! >>> 14) - LOWEST]!++
    const sums = this.#sums
    sums[0]!++
    sums[1]! += ms
    if (ms < sums[2]!) sums[2] = ms
    if (ms > sums[3]!) sums[3] = ms
  }
}

/**
 * The least that somebody would write who wants what Yardstick's request recorder wants: request context, requests
 * in flight, duration to the close of the response by route; nobody reads it.
 */
export function monitor(): Monitor {
  const series = new Map<string, Series>()
  const find = (name: string): Series => {
    const known = series.get(name)
    if (known !== undefined) return known
    const made = new Series()
    series.set(name, made)
    return made
  }
  const context = new AsyncLocalStorage<{ readonly startMs: number }>()
  const inFlight = new Int32Array(1)
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as {
      readonly request: IncomingMessage
      readonly response: ServerResponse
    }
    const startMs = performance.now()
    inFlight[0]!++
    context.enterWith({ startMs })
    response.on('close', () => {
      inFlight[0]!--
      find(routeOf(request)).record(performance.now() - startMs)
    })
  })
  const query: Monitor['query'] = async (name, run) => {
    const startMs = performance.now()
    try {
      return await run()
    } finally {
      find(name).record(performance.now() - startMs)
    }
  }
  return {
    query,
    driver: query,
    middleware: (_request, _response, next) => next(),
  }
}
