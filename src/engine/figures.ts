import { type Lookback, type LookbackWindows, spentOver } from '../alerts/lookback.ts'
import { SliceSum } from '../measure/slice-sum.ts'
import { Timeline } from '../measure/timeline.ts'
import type { Collected } from './collector.ts'
import { Concurrency } from './concurrency.ts'
import type { Examples } from './examples.ts'
import { GradeHistory } from './grade-history.ts'
import type { SeriesBound } from './series-bound.ts'
import type { StoredFlush, StoredSpan } from './store.ts'
import { targetView } from './window-snapshot.ts'
import { type Group, Windows } from './windows.ts'

const SECOND_MS = 1_000

export interface FiguresOptions {
  /** When recording began. */
  readonly startMs: number
  readonly bound: SeriesBound
  /** This process' own stay when figures begin anew: they are not saved for a day. */
  readonly examples: Examples
  /** What targets look at besides whole components. */
  readonly groups: readonly Group[]
  readonly onError: (error: unknown) => void
}

/**
 * Everything that is known of the last day: windows, concurrency, grades. Of this process alone, or of the whole
 * service; whoever takes the service over begins them anew and reads them back from the store.
 */
export class Figures {
  readonly timeline: Timeline
  readonly windows: Windows
  readonly concurrency: Concurrency = new Concurrency()
  readonly grades: GradeHistory = new GradeHistory()
  readonly #examples: Examples
  readonly #bound: SeriesBound
  readonly #onError: (error: unknown) => void

  constructor({ startMs, bound, groups, examples, onError }: FiguresOptions) {
    this.timeline = new Timeline(startMs)
    this.windows = new Windows(this.timeline, groups, onError)
    this.#examples = examples
    this.#bound = bound
    this.#onError = onError
  }

  /** What was bad of the last while of a target. */
  readonly lookback: Lookback = (target, lengthMs) => {
    return spentOver(this.#looked, target, lengthMs)
  }
  /** Made once: burn rates ask thousands of times a second. */
  readonly #looked: LookbackWindows = {
    view: (target, name) => targetView(target, this.windows, name),
    slot: (name) => this.timeline.slot(name),
  }

  /** Adds what this process read of its own tallies. */
  read(atMs: number, { slices, users, levels, inFlight }: Collected): void {
    this.timeline.read(atMs)
    this.windows.add(slices)
    this.concurrency.read(atMs, { users, levels, inFlight })
  }

  /** Adds a stored span, older than any reading. */
  restore({ fromMs, toMs, slices }: StoredSpan): void {
    this.windows.add(this.#placed(slices), this.timeline.restore(fromMs, toMs))
  }

  /**
   * Adds flushes that other instances saved. Those that ended in one second are added up first: of two hundred
   * instances that is one sum a series to put where it belongs, not two hundred.
   */
  merge(flushes: readonly StoredFlush[]): void {
    const bySecond = Map.groupBy(flushes, ({ toMs }) => Math.ceil(toMs / SECOND_MS))
    for (const [second, members] of [...bySecond].sort(([a], [b]) => a - b)) {
      const sum = new SliceSum(this.#onError)
      for (const { slices } of members) sum.add(slices)
      this.windows.add(this.#placed(sum.slices()), this.timeline.slotsOf(second * SECOND_MS))
    }
    for (const flush of flushes) this.hear(flush)
  }

  /** Takes what another instance saved besides its counts. */
  hear({ instance, toMs, presence }: StoredFlush): void {
    const { lastMs } = this.timeline
    // By a clock that is ahead of ours whoever was there would stay until we have caught up.
    this.concurrency.hear(instance, Math.min(toMs, lastMs), presence)
    this.#examples.hear(presence.examples, lastMs)
  }

  #placed(slices: StoredSpan['slices']): StoredSpan['slices'] {
    return slices.map((slice) => ({ ...this.#bound.place(slice, slice.counts.total), counts: slice.counts }))
  }
}
