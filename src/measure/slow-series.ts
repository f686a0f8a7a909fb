import { onGrid } from './bucket.ts'
import type { LoopTally } from './loop-tally.ts'
import type { Scope } from './scope.ts'
import type { SlowPart, SlowRequest } from './slow-request.ts'

/** A series that goes on being slow tells one example in this time, ten an hour. */
const PAUSE_MS = 360_000
/** Examples at a stretch of a series that gets ever slower. */
const STRETCH = 5
/** What "much slower" than the example before means. */
const MUCH = 2
/** Examples that a thread tells in an hour. */
const HOURLY = 100
const HOUR_MS = 3_600_000

/** What all request series of a thread share. */
export interface SlowThread {
  readonly loop: LoopTally
  readonly hour: SlowHour
  /** The component that a number in a scope stands for. */
  readonly component: (part: number) => string
  readonly tell: (request: SlowRequest) => void
}

/** How many examples a thread may still tell in the running hour. */
export class SlowHour {
  #left = HOURLY
  #sinceMs = Number.NEGATIVE_INFINITY

  takes(nowMs: number): boolean {
    if (nowMs - this.#sinceMs >= HOUR_MS) {
      this.#sinceMs = nowMs
      this.#left = HOURLY
    }
    if (this.#left === 0) return false
    this.#left--
    return true
  }
}

/**
 * Which slow or failed requests of one series are told as examples. Asked for each such request, so it allocates
 * nothing until it tells one: one in six minutes, earlier only what took more than twice as long as the last. So one
 * bad route cannot use up the thread's hour, and what gets worse is seen at once. Whoever is not told is counted.
 */
export class SlowSeries {
  /** Requests that took this long or longer are slow. */
  limitMs: number
  readonly #name: string
  readonly #thread: SlowThread
  #dueMs = Number.NEGATIVE_INFINITY
  #toldMs = 0

  constructor(name: string, limitMs: number, thread: SlowThread) {
    this.#name = name
    this.limitMs = limitMs
    this.#thread = thread
  }

  /** The parts of a request that is to be told, before its scope is closed; `undefined` for one that is not. */
  parts(scope: Scope, nowMs: number): readonly SlowPart[] | undefined {
    // Not given the duration: V8 would box a number that was just worked out.
    if (!this.#takes(nowMs - scope.startMs, nowMs)) {
      this.#thread.loop.exampleLeftOut()
      return undefined
    }
    const parts: SlowPart[] = []
    scope.soFar(nowMs, (part, calls, wallMs) => {
      parts.push({ component: this.#thread.component(part), calls, wallMs: onGrid(wallMs) })
    })
    return parts
  }

  tell(request: Omit<SlowRequest, 'series'>): void {
    this.#thread.tell({ series: this.#name, ...request })
  }

  #takes(durationMs: number, nowMs: number): boolean {
    if (nowMs < this.#dueMs) {
      if (durationMs <= MUCH * this.#toldMs || this.#dueMs - nowMs >= STRETCH * PAUSE_MS) return false
    }
    if (!this.#thread.hour.takes(nowMs)) return false
    this.#dueMs = Math.max(this.#dueMs, nowMs) + PAUSE_MS
    this.#toldMs = durationMs
    return true
  }
}
