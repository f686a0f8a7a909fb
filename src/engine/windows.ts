import { Counts } from '../measure/counts.ts'
import { SeriesWindows, type SlotByWindow } from '../measure/series-windows.ts'
import { Slabs } from '../measure/slabs.ts'
import { type SeriesKey, type Slice, seriesId } from '../measure/slice.ts'
import type { Slots, Timeline } from '../measure/timeline.ts'
import {
  mergeViews,
  WINDOW_NAMES,
  WINDOWS,
  type Window,
  type WindowName,
  type WindowView,
} from '../measure/window.ts'
import type { Match } from '../targets/match.ts'

/** Series of a component that are looked at together: what one target covers. */
export interface Group {
  readonly id: string
  readonly covers: Match
  /** Whether primitives inside other operations of the component count too. */
  readonly nested: boolean
}

interface Series {
  readonly key: SeriesKey
  readonly windows: SeriesWindows
  /** What it is a part of, besides those of which it is all. */
  readonly sums: Sum[]
}

/**
 * Several series together. While there is only one, its windows are the sum's: many targets name a single series, and
 * most components of a small service have few.
 */
interface Sum {
  windows: SeriesWindows | undefined
  /** The one series that it is made of. */
  only: Series | undefined
  /** What one call of `add` brings, in memory that is used again. */
  brought: Counts | undefined
  waiting: boolean
}

/** What closed is settled over so many seconds, until the next slots close. */
const SETTLE_S = WINDOWS['5min'].slotMs / WINDOWS['1min'].slotMs

/** The four windows of every series, of every component, and of every group that is asked for. */
export class Windows {
  readonly #timeline: Timeline
  readonly #slabs = { '1min': new Slabs(), '5min': new Slabs(), '1hour': new Slabs(), '1day': new Slabs() }
  readonly #series = new Map<string, Series>()
  readonly #components = new Map<string, Sum>()
  readonly #groups: ReadonlyMap<string, { readonly group: Group; readonly sum: Sum }>
  readonly #onError: (error: unknown) => void
  /** The slot up to which each window was moved on. */
  readonly #expired: Record<WindowName, number> = { '1min': -1, '5min': -1, '1hour': -1, '1day': -1 }
  /** Sums that have something to add. */
  readonly #waiting: Sum[] = []

  /** @param onError hears of a series that could not be added; the others are */
  constructor(timeline: Timeline, groups: readonly Group[], onError: (error: unknown) => void) {
    this.#timeline = timeline
    this.#groups = new Map(groups.map((group) => [group.id, { group, sum: newSum() }]))
    this.#onError = onError
  }

  /**
   * Adds what one reading, one stored span or other instances brought, to the timeline's newest slots or to those that
   * are given, and moves all windows on.
   */
  add(slices: readonly Slice[], slots: Slots = this.#timeline.newest()): void {
    this.#expire()
    const at: SlotByWindow = Object.fromEntries(slots)
    for (const slice of slices) {
      const { windows, sums } = this.#seriesOf(slice)
      this.#add(windows, slice.counts, at)
      for (const sum of sums) this.#bring(sum, slice.counts)
    }
    for (const sum of this.#waiting) {
      this.#add(sum.windows!, sum.brought!, at)
      sum.brought!.reset()
      sum.waiting = false
    }
    this.#waiting.length = 0
    this.#settle()
    // A window that was empty took what is too old for it.
    if (slots.some(([name, slot]) => slot < this.#timeline.slot(name))) this.#expireAll(WINDOW_NAMES)
  }

  /**
   * Lets go of series that no window knows any more: a name that came once must not hold its place for ever.
   *
   * @returns their ids
   */
  forgetEmpty(): readonly string[] {
    const gone = [...this.#series].flatMap(([id, { windows }]) => (windows.empty ? [id] : []))
    for (const id of gone) this.#series.delete(id)
    for (const [component, { windows }] of this.#components) {
      if (windows?.empty) this.#components.delete(component)
    }
    for (const { sum } of this.#groups.values()) {
      if (sum.only?.windows.empty) sum.windows = sum.only = undefined
    }
    return gone
  }

  get components(): readonly string[] {
    return [...this.#components.keys()]
  }

  /** All operations of a component, or `undefined` when the window saw none. */
  component(component: string, name: WindowName): WindowView | undefined {
    return viewOf(this.#components.get(component)?.windows?.window(name))
  }

  /** All operations of a group, or `undefined` when the window saw none. */
  group(id: string, name: WindowName): WindowView | undefined {
    return viewOf(this.#groups.get(id)?.sum.windows?.window(name))
  }

  /**
   * The series of a component that the window saw, each with all its operations; nested ones too unless told. `nested` is
   * one whose operations all are.
   */
  series(
    component: string,
    name: WindowName,
    nested: boolean = true,
  ): readonly { readonly name: string; readonly nested: boolean; readonly view: WindowView }[] {
    const found = new Map<string, { nested: boolean; readonly views: WindowView[] }>()
    for (const { key, windows } of this.#series.values()) {
      const window = windows.window(name)
      if (key.component !== component || window.empty || (key.nested && !nested)) continue
      const same = found.get(key.name)
      if (same === undefined) found.set(key.name, { nested: key.nested, views: [window.view()] })
      else {
        same.nested &&= key.nested
        same.views.push(window.view())
      }
    }
    return [...found].map(([name, { nested, views }]) => ({ name, nested, view: mergeViews(views) }))
  }

  #bring(sum: Sum, counts: Counts): void {
    sum.brought ??= new Counts()
    sum.brought.add(counts)
    if (!sum.waiting) this.#waiting.push(sum)
    sum.waiting = true
  }

  /** Moves on the windows whose slot has turned: in most seconds one of four. */
  #expire(): void {
    const turned = WINDOW_NAMES.filter((name) => this.#timeline.slot(name) !== this.#expired[name])
    for (const name of turned) this.#expired[name] = this.#timeline.slot(name)
    this.#expireAll(turned)
  }

  #expireAll(names: readonly WindowName[]): void {
    for (const name of names) {
      const slot = this.#expired[name]
      this.#each((windows) => windows.expire(name, slot))
    }
  }

  /** Settles a part of all windows in each second but the first of five, in which slots close. */
  #settle(): void {
    const part = this.#timeline.slot('1min') % SETTLE_S
    let at = 0
    this.#each((windows) => {
      at = (at % (SETTLE_S - 1)) + 1
      if (at === part) windows.settle()
    })
  }

  /** Visits the windows of every series, and of every sum that has its own. */
  #each(visit: (windows: SeriesWindows) => void): void {
    for (const { windows } of this.#series.values()) this.#try(visit, windows)
    for (const sum of this.#components.values()) if (sum.windows && !sum.only) this.#try(visit, sum.windows)
    for (const { sum } of this.#groups.values()) if (sum.windows && !sum.only) this.#try(visit, sum.windows)
  }

  #try(visit: (windows: SeriesWindows) => void, windows: SeriesWindows): void {
    try {
      visit(windows)
    } catch (error) {
      this.#onError(error)
    }
  }

  #add(windows: SeriesWindows, counts: Counts, slots: SlotByWindow): void {
    try {
      windows.add(counts, slots)
    } catch (error) {
      this.#onError(error)
    }
  }

  #seriesOf(key: SeriesKey): Series {
    const id = seriesId(key)
    const known = this.#series.get(id)
    if (known !== undefined) return known
    const { component, name, nested } = key
    const series = { key: { component, name, nested }, windows: new SeriesWindows(this.#slabs), sums: [] }
    this.#series.set(id, series)
    for (const { group, sum } of this.#groups.values()) {
      if ((group.nested || !nested) && group.covers(component, name)) join(sum, series)
    }
    // A primitive inside another operation of its component is part of that one's time already.
    if (!nested) join(this.#componentOf(component), series)
    return series
  }

  #componentOf(component: string): Sum {
    const sum = this.#components.get(component) ?? newSum()
    this.#components.set(component, sum)
    return sum
  }
}

function newSum(): Sum {
  return { windows: undefined, only: undefined, brought: undefined, waiting: false }
}

/** From now on the series is a part of the sum; it has counted nothing yet. */
function join(sum: Sum, series: Series): void {
  if (sum.windows === undefined) {
    sum.windows = series.windows
    sum.only = series
    return
  }
  if (sum.only !== undefined) {
    sum.windows = sum.only.windows.copy()
    sum.only.sums.push(sum)
    sum.only = undefined
  }
  series.sums.push(sum)
}

function viewOf(window: Window | undefined): WindowView | undefined {
  return window === undefined || window.empty ? undefined : window.view()
}
