import { LEVELS, Levels } from './levels.ts'
import { type LoopGauges, readGauges } from './loop-gauges.ts'
import {
  CLAMPED,
  ERRORS,
  FOLDED,
  GRADE,
  HALF,
  IN_FLIGHT,
  INVALID,
  type LoopHalf,
  loopGauges,
  loopHalf,
  NEGATIVE,
  SPANS,
  SPANS_PASSED_OVER,
  SPANS_UNKNOWN,
  UNTOLD,
} from './loop-tally.ts'
import { type SparseUsers, sparseUsers } from './users.ts'

/** What one event loop did between two readings. */
export interface LoopSlice {
  readonly levels: Levels
  readonly users: SparseUsers
}

/** What one event loop could not record, since it started. */
export interface LoopLosses {
  readonly invalid: number
  readonly negative: number
  readonly clamped: number
  readonly folded: number
  readonly errors: number
  /** Slow or failed requests that were not told as examples. */
  readonly untold: number
  /** Spans of OpenTelemetry's that were recorded, beside those that were not. */
  readonly spans: number
  readonly spansPassedOver: number
  readonly spansUnknown: number
}

/** The engine's side of a loop's buffer. It alone says which half the loop writes. */
export class LoopReader {
  readonly #head: Int32Array
  readonly #gauges: Float64Array
  readonly #parts: readonly LoopHalf[]

  constructor(buffer: SharedArrayBuffer) {
    this.#head = new Int32Array(buffer, 0, 16)
    this.#gauges = loopGauges(buffer)
    this.#parts = [0, 1, 2, 3].map((part) => loopHalf(buffer, part))
  }

  get half(): number {
    return Atomics.load(this.#head, HALF)
  }

  get inFlight(): number {
    return Math.max(0, this.#head[IN_FLIGHT]!)
  }

  get gauges(): LoopGauges {
    return readGauges(this.#gauges)
  }

  get losses(): LoopLosses {
    const head = this.#head
    return {
      invalid: head[INVALID]!,
      negative: head[NEGATIVE]!,
      clamped: head[CLAMPED]!,
      folded: head[FOLDED]!,
      errors: head[ERRORS]!,
      untold: head[UNTOLD]!,
      spans: head[SPANS]!,
      spansPassedOver: head[SPANS_PASSED_OVER]!,
      spansUnknown: head[SPANS_UNKNOWN]!,
    }
  }

  /** @param code 0 for none, 1 … 5 for A … F */
  showGrade(code: number): void {
    this.#head[GRADE] = code
  }

  prepare(half: number): void {
    this.#parts[half]!.registers.fill(0)
  }

  turn(half: number): void {
    Atomics.store(this.#head, HALF, half)
  }

  read(half: number): LoopSlice {
    const now = this.#parts[half]!
    const seen = this.#parts[half + 2]!
    const levels = new Levels()
    for (let level = 0; level < LEVELS; level++) {
      const completed = (now.completed[level]! - seen.completed[level]!) >>> 0
      levels.add(level, completed, now.timeMs[level]! - seen.timeMs[level]!)
      seen.timeMs[level] = now.timeMs[level]!
      seen.completed[level] = now.completed[level]!
    }
    return { levels, users: sparseUsers(now.registers) }
  }
}
