import { LONGEST_MS, onGrid } from './bucket.ts'
import { LEVELS, levelOf } from './levels.ts'
import { GAUGES } from './loop-gauges.ts'
import { REGISTERS, rankOf } from './users.ts'

/** Int32 places at the start of the buffer. */
export const HALF = 0
export const IN_FLIGHT = 1
export const INVALID = 2
export const NEGATIVE = 3
export const CLAMPED = 4
export const FOLDED = 5
export const ERRORS = 6
/** Written by the engine: the current overall grade, 0 for none, 1 … 5 for A … F. */
export const GRADE = 7
/** Slow or failed requests that were not told as examples. */
export const UNTOLD = 8
/** Spans of OpenTelemetry's that were recorded, that something else records, and that stand for nobody knows what. */
export const SPANS = 9
export const SPANS_PASSED_OVER = 10
export const SPANS_UNKNOWN = 11
const HEAD_BYTES = 64
const GAUGE_BYTES = GAUGES * 8

const GRADES = [undefined, 'A', 'B', 'C', 'D', 'F'] as const

/** Byte offsets of the two halves' parts: time at each level, completions at each level, user registers. */
export const TIME_BYTES: number = LEVELS * 8
const DONE_BYTES = LEVELS * 4 + ((LEVELS * 4) % 8)
export const HALF_BYTES: number = TIME_BYTES + DONE_BYTES + REGISTERS
/** Two halves for the writer, then the engine's last reading of each. */
export const LOOP_BYTES: number = HEAD_BYTES + GAUGE_BYTES + 4 * HALF_BYTES

/** The gauges of a loop's buffer: what `loop-gauges.ts` says. */
export function loopGauges(buffer: SharedArrayBuffer): Float64Array {
  return new Float64Array(buffer, HEAD_BYTES, GAUGES)
}

/** Views over one half of a loop's buffer (0, 1) or over its baseline (2, 3). */
export interface LoopHalf {
  readonly timeMs: Float64Array
  readonly completed: Uint32Array
  readonly registers: Uint8Array
}

export function loopHalf(buffer: SharedArrayBuffer, half: number): LoopHalf {
  const from = HEAD_BYTES + GAUGE_BYTES + half * HALF_BYTES
  return {
    timeMs: new Float64Array(buffer, from, LEVELS),
    completed: new Uint32Array(buffer, from + TIME_BYTES, LEVELS),
    registers: new Uint8Array(buffer, from + TIME_BYTES + DONE_BYTES, REGISTERS),
  }
}

/**
 * Hot. What one event loop shares with the engine beside its series: which half is written, requests in flight and
 * the time spent at each number of them, distinct users, and what could not be recorded.
 */
export class LoopTally {
  readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(LOOP_BYTES)
  /** The words at the start; tallies read `HALF` from it. */
  readonly head: Int32Array = new Int32Array(this.buffer, 0, HEAD_BYTES / 4)
  readonly gauges: Float64Array = loopGauges(this.buffer)
  readonly #halves: readonly [LoopHalf, LoopHalf] = [loopHalf(this.buffer, 0), loopHalf(this.buffer, 1)]
  #changedMs = 0

  /** The half to write now. A plain load: a stale one costs a late count, never a lost one. */
  get half(): number {
    return this.head[HALF]!
  }

  get inFlight(): number {
    return this.head[IN_FLIGHT]!
  }

  requestStarted(nowMs: number): void {
    this.#spend(nowMs)
    this.head[IN_FLIGHT]!++
  }

  /** The overall grade that the engine found last, if any. */
  get grade(): string | undefined {
    return GRADES[this.head[GRADE]!]
  }

  /** @returns the level at which the request was completed */
  requestEnded(nowMs: number): number {
    this.#spend(nowMs)
    const level = levelOf(this.head[IN_FLIGHT]!)
    this.#halves[this.half as 0 | 1].completed[level]!++
    this.head[IN_FLIGHT]!--
    return level
  }

  /** A request that turns out to be none that is measured: it leaves the number in flight uncompleted. */
  requestLeft(nowMs: number): void {
    this.#spend(nowMs)
    this.head[IN_FLIGHT]!--
  }

  /** Marks a user as seen, by `userHash`. Nothing else of them is kept. */
  userSeen(hash: number): void {
    const registers = this.#halves[this.half as 0 | 1].registers
    const place = hash >>> 20
    const rank = rankOf(hash)
    if (registers[place]! < rank) registers[place] = rank
  }

  /** Whether a duration outside 0 … LONGEST_MS can be recorded after `mend`; counts it either way. */
  admits(durationMs: number): boolean {
    if (!Number.isFinite(durationMs)) {
      this.head[INVALID]!++
      return false
    }
    this.head[durationMs < 0 ? NEGATIVE : CLAMPED]!++
    return true
  }

  mend(durationMs: number): number {
    return durationMs < 0 ? 0 : LONGEST_MS
  }

  seriesFolded(): void {
    this.head[FOLDED]!++
  }

  exampleLeftOut(): void {
    this.head[UNTOLD]!++
  }

  spanRecorded(): void {
    this.head[SPANS]!++
  }

  /** What it stands for is counted by other means. */
  spanPassedOver(): void {
    this.head[SPANS_PASSED_OVER]!++
  }

  /** Nothing tells what it stands for. */
  spanUnknown(): void {
    this.head[SPANS_UNKNOWN]!++
  }

  errorSwallowed(): void {
    this.head[ERRORS]!++
  }

  #spend(nowMs: number): void {
    const spent = nowMs - this.#changedMs
    this.#changedMs = nowMs
    if (spent > 0) this.#halves[this.half as 0 | 1].timeMs[levelOf(this.head[IN_FLIGHT]!)]! += onGrid(spent)
  }
}
