import { PARTS } from '../measure/layout.ts'
import { RequestScope } from './request-scope.ts'

/** What a timed scope tells of one component before it is closed. */
export type WallVisitor = (part: number, wallMs: number) => void

/** A scope whose wall times can be read before it is closed, for Server-Timing; made only where that may be shown. */
export class TimedScope extends RequestScope {
  /** Wall time of each component, then since when it is busy. Most requests have no operations, so no array. */
  #times: Float64Array | undefined = undefined

  override begin(part: number, nowMs: number): void {
    if (this.open && this.depth(part) === 0) {
      this.#times ??= new Float64Array(2 * PARTS)
      this.#times[PARTS + part] = nowMs
    }
    super.begin(part, nowMs)
  }

  override end(part: number, nowMs: number): void {
    super.end(part, nowMs)
    const times = this.#times
    if (this.open && times !== undefined && this.depth(part) === 0)
      times[part]! += nowMs - times[PARTS + part]!
  }

  /** Tells each component that took part so far; operations still open count up to now. */
  soFar(nowMs: number, visit: WallVisitor): void {
    const times = this.#times
    if (times === undefined) return
    for (let part = 0; part < PARTS; part++) {
      // Depth counts only what has begun and not ended.
      const openMs = this.depth(part) > 0 ? nowMs - times[PARTS + part]! : 0
      if (times[PARTS + part]! > 0) visit(part, times[part]! + openMs)
    }
  }
}
