import type { ServerResponse } from 'node:http'
import type { Ledger } from '../measure/ledger.ts'
import { Guard } from './guard.ts'
import type { HttpOptions } from './http-options.ts'
import type { RequestScope } from './request-scope.ts'
import { TimedScope } from './timed-scope.ts'
import { isTrusted } from './trusted.ts'

/** What responses show of themselves. A header that the application sets itself is never replaced. */
export class ResponseHeaders {
  readonly #ledger: Ledger
  readonly #timing: 'off' | 'trusted' | 'all'
  readonly #grade: (() => string | undefined) | undefined
  /** Component by part number. */
  #components: readonly (string | undefined)[] = []

  constructor(ledger: Ledger, options: HttpOptions) {
    const { grade } = options
    this.#ledger = ledger
    this.#timing = options.serverTiming ?? 'off'
    this.#grade = grade && Guard.around('option grade', ledger, grade)
  }

  /** @param headers what `writeHead` is given; Node lets these win over ours */
  show(response: ServerResponse, scope: RequestScope, headers: unknown, nowMs: number): void {
    // With headers set before, Node reads a list of pairs as names and values in turn.
    if (Array.isArray(headers) && Array.isArray(headers[0])) return
    const elapsedMs = round(nowMs - scope.startMs)
    if (scope.shown) {
      add(response, 'X-Response-Time-Ms', String(elapsedMs))
      const grade = this.#grade?.()
      if (grade !== undefined) add(response, 'X-Performance-Grade', grade)
      add(response, 'X-Concurrent-Requests', String(this.#ledger.loop.inFlight))
    }
    if (scope instanceof TimedScope && (this.#timing === 'all' || isTrusted(response.req))) {
      add(response, 'Server-Timing', this.#serverTiming(scope, elapsedMs, nowMs))
    }
  }

  #serverTiming(scope: TimedScope, elapsedMs: number, nowMs: number): string {
    let text = `total;dur=${elapsedMs}`
    scope.soFar(nowMs, (part, _calls, wallMs) => {
      text += `, ${token(this.#component(part))};dur=${round(wallMs)}`
    })
    return text
  }

  #component(part: number): string {
    return this.#components[part] ?? this.#learn()[part] ?? 'other'
  }

  #learn(): readonly (string | undefined)[] {
    const components: string[] = []
    this.#ledger.repeat((announcement) => {
      if (announcement.kind === 'part') components[announcement.part] = announcement.component
    })
    this.#components = components
    return components
  }
}

function add(response: ServerResponse, name: string, value: string): void {
  if (!response.hasHeader(name)) response.setHeader(name, value)
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}

/** The names of Server-Timing are tokens (RFC 9110); what a user calls a component may not be one. */
function token(name: string): string {
  return name.replace(/[^\w!#$%&'*+.^`|~-]+/g, '_')
}
