import * as bucket from './bucket.ts'
import * as at from './layout.ts'
import { HALF as HALF_AT, type LoopTally } from './loop-tally.ts'

// V8 folds a module's own constants but loads an imported one at every use: 10.5 instead of 15.5 ns a record.
const { EARLY, FAILED, HITS, LIMIT, LIMITS, MAX, MIN, MISSES, OK, PLACE, SUM, SUM_WRAP } = at
const { LONGEST_MS, onGrid, placeOf } = bucket
const HALF = HALF_AT

/**
 * Hot. One series of one thread, in shared memory: one writer, counters that only grow, two halves of which the
 * engine says which is written. Recording allocates nothing, takes no lock and cannot throw.
 */
export class Tally {
  readonly buffer: SharedArrayBuffer
  protected readonly floats: Float64Array
  protected readonly words: Uint32Array
  protected readonly loop: LoopTally
  // Copied out of the loop and the layout: each step through an object costs a hot record 1–2 ns.
  protected readonly head: Int32Array
  protected readonly halfFloats: number
  protected readonly halfWords: number
  private readonly early: Float64Array | undefined
  private kept = 0

  /** @param early whether the limits in force are still to be known: durations are kept until the engine says them */
  constructor(loop: LoopTally, layout: at.Layout = at.PLAIN, early = false) {
    this.buffer = new SharedArrayBuffer(layout.bytes + (early ? EARLY * Float64Array.BYTES_PER_ELEMENT : 0))
    this.early = early ? new Float64Array(this.buffer, layout.bytes) : undefined
    this.floats = new Float64Array(this.buffer)
    this.words = new Uint32Array(this.buffer, layout.wordsFrom * 4)
    this.loop = loop
    this.head = loop.head
    this.halfFloats = layout.floats
    this.halfWords = layout.words
    for (const half of [0, 1]) {
      this.floats[half * layout.floats + MIN] = Number.POSITIVE_INFINITY
      this.floats[half * layout.floats + MAX] = Number.NEGATIVE_INFINITY
      for (let limit = 0; limit < 4; limit++) {
        this.floats[half * layout.floats + LIMIT + limit] = Number.POSITIVE_INFINITY
      }
      // No duration is under it: every ok operation goes on to `addOver`, and the others pay nothing for it.
      if (early) this.floats[half * layout.floats + LIMIT] = 0
    }
  }

  /**
   * Sets the limits that ok operations are compared with until the engine publishes its own.
   *
   * @param limits ascending, at most four
   */
  seedLimits(limits: readonly number[]): void {
    const first = this.early === undefined ? 0 : 1
    const count = Math.min(limits.length, LIMITS - first)
    for (const half of [0, 1]) {
      for (let i = 0; i < count; i++) this.floats[half * this.halfFloats + LIMIT + first + i] = limits[i]!
    }
  }

  /** Adds one operation. A duration that is no finite number is not recorded but counted as invalid. */
  record(durationMs: number, failed: boolean): void {
    if (!(durationMs >= 0 && durationMs <= LONGEST_MS)) {
      this.recordOutside(durationMs, failed)
      return
    }
    this.add(onGrid(durationMs), failed, this.head[HALF]!)
  }

  /** Adds one cache read. */
  recordRead(durationMs: number, failed: boolean, hit: boolean): void {
    if (!(durationMs >= 0 && durationMs <= LONGEST_MS)) {
      if (!this.loop.admits(durationMs)) return
      this.recordRead(this.loop.mend(durationMs), failed, hit)
      return
    }
    const half = this.head[HALF]!
    this.words[half * this.halfWords + (hit ? HITS : MISSES)]!++
    this.add(onGrid(durationMs), failed, half)
  }

  /** @param duration on the grid, 0 … LONGEST_MS */
  protected add(duration: number, failed: boolean, half: number): void {
    const floats = this.floats
    const words = this.words
    // A choice, not a product: no overflow to check for.
    const f = half === 0 ? 0 : this.halfFloats
    const w = half === 0 ? 0 : this.halfWords
    const sum = floats[f + SUM]! + duration
    floats[f + SUM] = sum >= SUM_WRAP ? sum - SUM_WRAP : sum
    if (duration < floats[f + MIN]!) floats[f + MIN] = duration
    if (duration > floats[f + MAX]!) floats[f + MAX] = duration
    words[w + PLACE + placeOf(duration)]!++
    if (failed) {
      words[w + FAILED]!++
      return
    }
    // One counter instead of four: good under limit j is the sum of the counters 0 … j.
    // The limits ascend, so most operations are done after the first.
    if (duration < floats[f + LIMIT]!) words[w + OK]!++
    else this.addOver(duration, f + LIMIT, w + OK)
  }

  private addOver(duration: number, limit: number, ok: number): void {
    if (this.floats[limit] === 0) this.keep(duration)
    let over = 1
    while (over < LIMITS && duration >= this.floats[limit + over]!) over++
    this.words[ok + over]!++
  }

  private keep(duration: number): void {
    if (this.early !== undefined && this.kept < EARLY) this.early[this.kept++] = duration
  }

  private recordOutside(durationMs: number, failed: boolean): void {
    if (this.loop.admits(durationMs)) this.record(this.loop.mend(durationMs), failed)
  }
}
