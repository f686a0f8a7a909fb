import type { Announcement } from '../measure/announcement.ts'
import type { Counts } from '../measure/counts.ts'
import { Levels } from '../measure/levels.ts'
import { type LoopLosses, LoopReader } from '../measure/loop-reader.ts'
import { TallyReader } from '../measure/reader.ts'
import { type SeriesKey, type Slice, seriesId } from '../measure/slice.ts'
import type { SparseUsers } from '../measure/users.ts'
import type { MeasuredLoop, ProcessReading } from './runtime/process-meter.ts'
import type { SeriesBound } from './series-bound.ts'

/** The limits a series has to count good operations for, ascending, at most four. */
export type LimitsOf = (component: string, name: string) => readonly number[]

/** What all threads counted between two readings. */
export interface Collected {
  readonly slices: readonly Slice[]
  readonly levels: Levels
  readonly users: readonly SparseUsers[]
  readonly inFlight: number
  /** How the process was by then. */
  readonly runtime?: ProcessReading | undefined
}

interface SeriesSource extends SeriesKey {
  readonly id: string
  readonly reader: TallyReader
  readonly limits: readonly number[]
  /** Whether what its tally held when it was heard of is taken. */
  takenOver: boolean
}

interface ThreadSource {
  readonly thread: number
  loop: LoopReader | undefined
  readonly parts: string[]
  readonly series: Map<string, SeriesSource>
  /** Readings left to take from a thread that has ended: one of each half. */
  readingsLeft: number
  /** The half that was written before the last turn; none before the first, when every half is still being written. */
  retired: number | undefined
}

const NONE: LoopLosses = {
  invalid: 0,
  negative: 0,
  clamped: 0,
  folded: 0,
  errors: 0,
  untold: 0,
  spans: 0,
  spansPassedOver: 0,
  spansUnknown: 0,
}

/** Reads the tallies of all threads of a process and sums them by series. */
export class Collector {
  readonly #threads = new Map<number, ThreadSource>()
  readonly #limits: LimitsOf
  readonly #bound: SeriesBound
  #takenOver = new Map<string, Slice>()
  #ended: LoopLosses = NONE

  constructor(limits: LimitsOf, bound: SeriesBound) {
    this.#limits = limits
    this.#bound = bound
  }

  /** Takes notice of a tally. Hearing the same again (after an engine's restart) changes nothing. */
  accept(announcement: Announcement): void {
    const thread = this.#thread(announcement.thread)
    switch (announcement.kind) {
      case 'loop':
        thread.loop ??= new LoopReader(announcement.buffer)
        return
      case 'part':
        thread.parts[announcement.part] = announcement.component
        return
      case 'series': {
        const id = seriesId(announcement)
        if (thread.series.has(id)) return
        const { component, name, nested, request } = announcement
        const reader = new TallyReader(announcement.buffer, request)
        const key = { id, component, name, nested }
        thread.series.set(id, { ...key, reader, limits: this.#limits(component, name), takenOver: false })
        return
      }
      case 'error':
      case 'recorder':
      case 'example':
        return
    }
  }

  /** A thread has ended: its last counts are taken with the next two readings, then its buffers are let go. */
  end(thread: number): void {
    const source = this.#threads.get(thread)
    if (source !== undefined && source.readingsLeft === Number.POSITIVE_INFINITY) source.readingsLeft = 2
  }

  /** Lets every thread write its other half. What it wrote before can be read a few milliseconds later. */
  turn(): void {
    for (const thread of this.#threads.values()) {
      if (thread.loop === undefined) continue
      thread.retired = thread.loop.half
      const idle = 1 - thread.retired
      for (const series of thread.series.values()) {
        if (!series.takenOver) this.#takeOver(thread, series, idle)
        series.reader.prepare(idle, series.limits)
      }
      thread.loop.prepare(idle)
      thread.loop.turn(idle)
    }
  }

  /** What came in until the last turn and was not read yet. */
  read(): Collected {
    const bySeries = this.#takenOver
    this.#takenOver = new Map()
    const levels = new Levels()
    const users: SparseUsers[] = []
    let inFlight = 0
    for (const thread of this.#threads.values()) {
      if (thread.loop === undefined || thread.retired === undefined) continue
      for (const series of thread.series.values()) {
        const counts = series.reader.read(thread.retired, thread.parts, series.limits)
        if (counts !== undefined) this.#sum(bySeries, series, counts)
      }
      const loop = thread.loop.read(thread.retired)
      levels.merge(loop.levels)
      if (loop.users.places.length > 0) users.push(loop.users)
      if (thread.readingsLeft === Number.POSITIVE_INFINITY) inFlight += thread.loop.inFlight
      else if (--thread.readingsLeft === 0) this.#drop(thread)
    }
    return { slices: [...bySeries.values()], levels, users, inFlight }
  }

  /** Shows the overall grade to every thread. */
  showGrade(code: number): void {
    for (const thread of this.#threads.values()) thread.loop?.showGrade(code)
  }

  /** Loops of threads that run and whose probes do. */
  get loops(): readonly MeasuredLoop[] {
    return [...this.#threads.values()].flatMap(({ thread, loop, readingsLeft }) =>
      loop === undefined || readingsLeft !== Number.POSITIVE_INFINITY || loop.gauges.pulseMs === 0
        ? []
        : [{ thread, gauges: loop.gauges }],
    )
  }

  get threads(): readonly { readonly thread: number; readonly series: number; readonly inFlight: number }[] {
    return [...this.#threads.values()].map(({ thread, series, loop }) => ({
      thread,
      series: series.size,
      inFlight: loop?.inFlight ?? 0,
    }))
  }

  /** What could not be recorded as it was, over all threads that ever were. */
  get losses(): LoopLosses {
    const all = [...this.#threads.values()].flatMap((thread) => thread.loop?.losses ?? [])
    return all.reduce(addLosses, this.#ended)
  }

  /**
   * An engine that died between a turn and its reading has left counts whose extremes `prepare` would wipe; a series
   * that is heard of after a turn of its thread, counts for other limits than those that `prepare` would write there.
   */
  #takeOver({ parts }: ThreadSource, series: SeriesSource, idle: number): void {
    series.takenOver = true
    const counts = series.reader.read(idle, parts, series.limits)
    if (counts !== undefined) this.#sum(this.#takenOver, series, counts)
  }

  #thread(thread: number): ThreadSource {
    let source = this.#threads.get(thread)
    if (source === undefined) {
      const readingsLeft = Number.POSITIVE_INFINITY
      source = { thread, loop: undefined, parts: [], series: new Map(), readingsLeft, retired: undefined }
      this.#threads.set(thread, source)
    }
    return source
  }

  #sum(bySeries: Map<string, Slice>, source: SeriesSource, counts: Counts): void {
    const series = this.#bound.place(source, counts.total, source.id)
    const id = series === source ? source.id : seriesId(series)
    const known = bySeries.get(id)
    const { component, name, nested } = series
    if (known === undefined) bySeries.set(id, { component, name, nested, counts })
    else known.counts.add(counts)
  }

  #drop(thread: ThreadSource): void {
    if (thread.loop !== undefined) this.#ended = addLosses(this.#ended, thread.loop.losses)
    this.#threads.delete(thread.thread)
  }
}

function addLosses(a: LoopLosses, b: LoopLosses): LoopLosses {
  return {
    invalid: a.invalid + b.invalid,
    negative: a.negative + b.negative,
    clamped: a.clamped + b.clamped,
    folded: a.folded + b.folded,
    errors: a.errors + b.errors,
    untold: a.untold + b.untold,
    spans: a.spans + b.spans,
    spansPassedOver: a.spansPassedOver + b.spansPassedOver,
    spansUnknown: a.spansUnknown + b.spansUnknown,
  }
}
