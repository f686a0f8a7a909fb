import type { ServerResponse } from 'node:http'
import type { Ledger } from '../measure/ledger.ts'
import { isTrusted } from './client.ts'
import { Guard } from './guard.ts'
import type { HttpOptions } from './http-options.ts'
import type { RequestScope } from './request-scope.ts'
import { TimedScope } from './timed-scope.ts'

/** What responses show of themselves. A header that the application sets itself is never replaced. */
export class ResponseHeaders {
  readonly #ledger: Ledger
  readonly #options: HttpOptions
  readonly #grade: () => string | undefined
  /** Component by part number. */
  #components: readonly (string | undefined)[] = []

  constructor(ledger: Ledger, options: HttpOptions) {
    this.#ledger = ledger
    this.#options = options
    this.#grade = Guard.around('option grade', ledger, () => options.grade?.())
  }

  /** @param headers what `writeHead` is given; Node lets these win over ours */
  show(response: ServerResponse, scope: RequestScope, headers: unknown, now: () => number): void {
    const isShown = scope.shown || this.#options.headers === 'all'
    const isTimed = scope instanceof TimedScope
    if ((!isShown && !isTimed) || scope.ignored) return
    // With headers set before, Node reads a list of pairs as names and values in turn.
    if (Array.isArray(headers) && Array.isArray(headers[0])) return
    const nowMs = now()
    const elapsed = round(nowMs - scope.startMs)
    if (isShown) {
      add(response, 'X-Response-Time-Ms', elapsed)
      const grade = this.#grade()
      if (grade !== undefined) add(response, 'X-Performance-Grade', grade)
      add(response, 'X-Concurrent-Requests', String(this.#ledger.loop.inFlight))
    }
    if (isTimed && (this.#options.serverTiming === 'all' || isTrusted(response.req))) {
      add(response, 'Server-Timing', this.#serverTiming(scope, elapsed, nowMs))
    }
  }

  #serverTiming(scope: TimedScope, elapsed: string, nowMs: number): string {
    let text = `total;dur=${elapsed}`
    scope.soFar(nowMs, (part, wallMs) => {
      text += `, ${token(this.#component(part))};dur=${round(wallMs)}`
    })
    return text
  }

  #component(part: number): string {
    return this.#components[part] ?? this.#learn()[part] ?? 'other'
  }

  #learn(): readonly (string | undefined)[] {
    const components: string[] = []
    for (const announcement of this.#ledger.announced) {
      if (announcement.kind === 'part') components[announcement.part] = announcement.component
    }
    this.#components = components
    return components
  }
}

function add(response: ServerResponse, name: string, value: string): void {
  if (!response.hasHeader(name)) response.setHeader(name, value)
}

function round(ms: number): string {
  return String(Math.round(ms * 100) / 100)
}

/** The names of Server-Timing are tokens (RFC 9110); what a user calls a component may not be one. */
function token(name: string): string {
  return name.replace(/[^\w!#$%&'*+.^`|~-]+/g, '_')
}
