import * as bucket from './bucket.ts'
import * as at from './layout.ts'
import type { LoopTally } from './loop-tally.ts'
import type { Scope } from './scope.ts'
import type { PartVisitor } from './scope-rows.ts'
import type { SlowSeries } from './slow-series.ts'
import { Tally } from './tally.ts'

// As in tally.ts: V8 folds a module's own constants only.
const { CALLS, LEVEL_DONE, LEVEL_TIME, OWN, REQUEST, SUM_WRAP, WALL } = at
const { LONGEST_MS, onGrid } = bucket

/** Hot. A request's tally: also where the time went, by component, and at which number in flight it was completed. */
export class RequestTally extends Tally {
  /** Decides which slow or failed requests are told as examples; absent, none are. */
  readonly slow: SlowSeries | undefined
  #half = 0
  // Made once: a closure a request would be one allocation too many.
  readonly #visit: PartVisitor = (part, calls, wallMs) => {
    this.words[this.#half * this.halfWords + CALLS + part]! += calls
    this.#spend(this.#half * this.halfFloats + WALL + part, wallMs)
  }

  constructor(loop: LoopTally, slow?: SlowSeries, early?: boolean) {
    super(loop, REQUEST, early)
    this.slow = slow
  }

  /**
   * Adds one request, or one job, and closes its scope.
   *
   * @param level as `LoopTally.requestEnded` gave it; of a job 0, since it is not among the requests in flight
   */
  recordRequest(scope: Scope, endMs: number, failed: boolean, level: number): void {
    const raw = endMs - scope.startMs
    const durationMs = raw >= 0 && raw <= LONGEST_MS ? raw : this.loop.admits(raw) ? this.loop.mend(raw) : 0
    const half = this.loop.half
    this.#half = half
    const { slow } = this
    const isSlow = slow !== undefined && (failed || durationMs >= slow.limitMs)
    const parts = isSlow ? slow.parts(scope, endMs) : undefined
    const busyMs = scope.close(endMs, this.#visit)
    const ownMs = Math.max(0, durationMs - busyMs)
    this.#spend(half * this.halfFloats + OWN, ownMs)
    this.words[half * this.halfWords + LEVEL_DONE + level]!++
    this.#spend(half * this.halfFloats + LEVEL_TIME + level, durationMs)
    this.add(onGrid(durationMs), failed, half)
    // Last: whatever becomes of it, the request is counted.
    if (parts !== undefined) {
      const { traceId } = scope
      slow!.tell({
        ...{ durationMs: onGrid(durationMs), failed, breakdown: parts, ownMs: onGrid(ownMs) },
        ...(traceId === undefined ? {} : { traceId }),
      })
    }
  }

  #spend(place: number, ms: number): void {
    const sum = this.floats[place]! + onGrid(ms)
    this.floats[place] = sum >= SUM_WRAP ? sum - SUM_WRAP : sum
  }
}
