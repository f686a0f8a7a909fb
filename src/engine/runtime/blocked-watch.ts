import type { Clock } from '../../ground/clock.ts'
import type { StackFrame } from './main-stack.ts'

/** Where the main thread stood while its event loop was blocked. */
export interface BlockedStack {
  /** When its probe ran last before. */
  readonly atMs: number
  /** How long it had stood still when it was asked. */
  readonly afterMs: number
  /** The innermost first. */
  readonly frames: readonly StackFrame[]
}

export interface BlockedWatchOptions {
  readonly clock: Clock
  /** The stamp that the main thread's probe left last; 0 before the first. */
  readonly pulseMs: () => number
  readonly ask: (answered: (frames: readonly StackFrame[] | undefined) => void) => Promise<void>
}

/** Between two looks. */
export const LOOK_MS = 25
/** The probe comes every 50 ms: then the loop has been blocked for 100 ms at least. */
const STILL_MS = 150
const PAUSE_MS = 1_000
const KEPT = 20
/** A watcher that was held up itself knows nothing of the others. */
const LATE_MS = 100

/** Sees that the main thread's probe no longer comes, and asks it once where it is; at most once a second. */
export class BlockedWatch {
  readonly #options: BlockedWatchOptions
  #stacks: readonly BlockedStack[] = []
  #pulseMs = 0
  #sinceMs = 0
  #lookedMs = 0
  #askedMs = Number.NEGATIVE_INFINITY
  #asking = false
  #told = false

  constructor(options: BlockedWatchOptions) {
    this.#options = options
  }

  /** The latest first. */
  get stacks(): readonly BlockedStack[] {
    return this.#stacks
  }

  look(): void {
    const nowMs = this.#options.clock.monotonicMs()
    const pulseMs = this.#options.pulseMs()
    const late = nowMs - this.#lookedMs > LATE_MS
    this.#lookedMs = nowMs
    if (late || pulseMs !== this.#pulseMs) {
      this.#pulseMs = pulseMs
      this.#sinceMs = nowMs
      this.#told = false
    }
    const afterMs = nowMs - this.#sinceMs
    if (pulseMs === 0 || this.#told || this.#asking || afterMs < STILL_MS) return
    if (nowMs - this.#askedMs < PAUSE_MS) return
    this.#askedMs = nowMs
    this.#told = true
    this.#asking = true
    const atMs = this.#options.clock.wallMs() - afterMs
    void this.#options.ask((frames) => {
      this.#asking = false
      // Went on meanwhile: whatever runs now is not what held it up.
      if (frames === undefined || frames.length === 0 || this.#options.pulseMs() !== pulseMs) return
      this.#stacks = [{ atMs, afterMs, frames }, ...this.#stacks].slice(0, KEPT)
    })
  }
}
