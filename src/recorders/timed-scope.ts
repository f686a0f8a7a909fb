import { PARTS } from '../measure/layout.ts'
import type { PartVisitor } from '../measure/scope.ts'
import { RequestScope } from './request-scope.ts'

/** A scope whose wall times can be read before it is closed, for Server-Timing; made only where that is on. */
export class TimedScope extends RequestScope {
  readonly #wallMs = new Float64Array(PARTS)
  readonly #sinceMs = new Float64Array(PARTS)
  #calls = 0

  override begin(part: number, nowMs: number): void {
    if (this.open && this.depth(part) === 0) this.#sinceMs[part] = nowMs
    super.begin(part, nowMs)
    this.#calls++
  }

  override end(part: number, nowMs: number): void {
    super.end(part, nowMs)
    if (this.open && this.depth(part) === 0) this.#wallMs[part]! += nowMs - this.#sinceMs[part]!
  }

  /** Tells each component that took part so far, as `close` will; operations still open count up to now. */
  soFar(nowMs: number, visit: PartVisitor): void {
    if (this.#calls === 0) return
    for (let part = 0; part < PARTS; part++) {
      const openMs = this.depth(part) > 0 ? nowMs - this.#sinceMs[part]! : 0
      const wallMs = this.#wallMs[part]! + openMs
      if (wallMs > 0) visit(part, 0, wallMs)
    }
  }
}
