import type { ServerResponse } from 'node:http'
import type { Ledger } from '../../measure/ledger.ts'
import type { PartVisitor } from '../../measure/scope-rows.ts'
import { Guard } from '../libraries/guard.ts'
import { isTrusted } from './client.ts'
import { givenHeader } from './given-headers.ts'
import type { HttpOptions } from './http-options.ts'
import type { RequestScope } from './request-scope.ts'

// Looked for in lower case: Node would make a lower-case copy of any other at each look.
const RESPONSE_TIME = 'x-response-time-ms'
const GRADE = 'x-performance-grade'
const CONCURRENT = 'x-concurrent-requests'
const TIMING = 'server-timing'

/** What responses show of themselves. A header that the application sets itself is never replaced. */
export class ResponseHeaders {
  readonly #ledger: Ledger
  readonly #options: HttpOptions
  readonly #grade: () => string | undefined
  #gradeShown: string | undefined
  #gradeLine = ''
  /** What comes before a component's duration, by part number. */
  #labels: readonly (string | undefined)[] = []
  #timing = ''
  // Made once: a closure a response would be one allocation too many.
  readonly #visit: PartVisitor = (part, _calls, wallMs) => {
    this.#timing += this.#label(part) + msText(wallMs)
  }

  constructor(ledger: Ledger, options: HttpOptions) {
    this.#ledger = ledger
    this.#options = options
    this.#grade = Guard.around('option grade', ledger, () => options.grade?.())
  }

  /**
   * The lines that a response shows, each with its end of line.
   *
   * @param given the headers that `writeHead` was given, as far as they were not set singly
   */
  lines(response: ServerResponse, scope: RequestScope, given: unknown, now: () => number): string {
    const isShown = scope.shown || this.#options.headers === 'all'
    const isTimed = this.#isTimed(response, scope)
    if ((!isShown && !isTimed) || scope.ignored) return ''
    const isOwn = (name: string): boolean =>
      response.hasHeader(name) || givenHeader(given, name) !== undefined
    const nowMs = now()
    const elapsed = msText(nowMs - scope.startMs)
    let lines = ''
    if (isShown) {
      if (!isOwn(RESPONSE_TIME)) lines += `X-Response-Time-Ms: ${elapsed}\r\n`
      const grade = this.#grade()
      if (grade !== undefined && !isOwn(GRADE)) lines += this.#gradeHeader(grade)
      if (!isOwn(CONCURRENT)) lines += `X-Concurrent-Requests: ${this.#ledger.loop.inFlight}\r\n`
    }
    if (isTimed && !isOwn(TIMING)) lines += `Server-Timing: ${this.#serverTiming(scope, elapsed, nowMs)}\r\n`
    return lines
  }

  #gradeHeader(grade: string): string {
    if (grade !== this.#gradeShown) {
      this.#gradeShown = grade
      this.#gradeLine = `X-Performance-Grade: ${token(grade)}\r\n`
    }
    return this.#gradeLine
  }

  #isTimed(response: ServerResponse, { socket }: RequestScope): boolean {
    const { serverTiming } = this.#options
    if (serverTiming !== 'trusted') return serverTiming === 'all'
    return socket !== undefined && isTrusted(socket, response.req)
  }

  #serverTiming(scope: RequestScope, elapsed: string, nowMs: number): string {
    this.#timing = `total;dur=${elapsed}`
    scope.soFar(nowMs, this.#visit)
    return this.#timing
  }

  #label(part: number): string {
    return this.#labels[part] ?? this.#learn()[part] ?? labelOf('other')
  }

  #learn(): readonly (string | undefined)[] {
    const labels: string[] = []
    for (const announcement of this.#ledger.announced) {
      if (announcement.kind === 'part') labels[announcement.part] = labelOf(announcement.component)
    }
    this.#labels = labels
    return labels
  }
}

function labelOf(component: string): string {
  return `, ${token(component)};dur=`
}

/** Two decimals, put together from whole numbers: V8 writes those four times as fast as others. */
function msText(ms: number): string {
  const hundredths = Math.round(ms * 100)
  const rest = hundredths % 100
  const whole = String((hundredths - rest) / 100)
  return rest === 0 ? whole : `${whole}${rest < 10 ? '.0' : '.'}${rest}`
}

/** The names of Server-Timing are tokens (RFC 9110); what a user calls a component may not be one. */
function token(name: string): string {
  return name.replace(/[^\w!#$%&'*+.^`|~-]+/g, '_')
}
