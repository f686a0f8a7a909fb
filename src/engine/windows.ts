import { Counts } from '../measure/counts.ts'
import { Slabs } from '../measure/slabs.ts'
import { type SeriesKey, type Slice, seriesId } from '../measure/slice.ts'
import type { Slots, Timeline } from '../measure/timeline.ts'
import { mergeViews, WINDOW_NAMES, Window, type WindowName, type WindowView } from '../measure/window.ts'
import type { Match } from '../targets/match.ts'

type Windowed = Readonly<Record<WindowName, Window>>

/** Series of a component that are looked at together: what one target covers. */
export interface Group {
  readonly id: string
  readonly covers: Match
  /** Whether primitives inside other operations of the component count too. */
  readonly nested: boolean
}

/** Windows, and what one call of `add` brings them, in memory that is used again. */
interface Sum {
  readonly windows: Windowed
  readonly brought: Counts
}

/** The four windows of every series, of every component, and of every group that is asked for. */
export class Windows {
  readonly #timeline: Timeline
  readonly #slabs = ofEach(() => new Slabs())
  readonly #series = new Map<
    string,
    { readonly key: SeriesKey; readonly windows: Windowed; readonly sums: readonly Sum[] }
  >()
  readonly #components = new Map<string, Sum>()
  readonly #groups: ReadonlyMap<string, { readonly group: Group; readonly sum: Sum }>
  readonly #onError: (error: unknown) => void

  /** @param onError hears of a series that could not be added; the others are */
  constructor(timeline: Timeline, groups: readonly Group[], onError: (error: unknown) => void) {
    this.#timeline = timeline
    this.#groups = new Map(groups.map((group) => [group.id, { group, sum: this.#newSum() }]))
    this.#onError = onError
  }

  /**
   * Adds what one reading, one stored span or other instances brought, to the timeline's newest slots or to those that
   * are given, and moves all windows on.
   */
  add(slices: readonly Slice[], slots: Slots = this.#timeline.newest()): void {
    const touched = new Set<Sum>()
    for (const slice of slices) {
      const { windows, sums } = this.#seriesOf(slice)
      this.#add(windows, slice.counts, slots)
      for (const sum of sums) {
        sum.brought.add(slice.counts)
        touched.add(sum)
      }
    }
    for (const { windows, brought } of touched) {
      this.#add(windows, brought, slots)
      brought.reset()
    }
    for (const { windows } of this.#series.values()) this.#expire(windows)
    for (const { windows } of this.#components.values()) this.#expire(windows)
    for (const { sum } of this.#groups.values()) this.#expire(sum.windows)
  }

  /**
   * Lets go of series that no window knows any more: a name that came once must not hold its place for ever.
   *
   * @returns their ids
   */
  forgetEmpty(): readonly string[] {
    const gone = [...this.#series].flatMap(([id, { windows }]) => (allEmpty(windows) ? [id] : []))
    for (const id of gone) this.#series.delete(id)
    for (const [component, { windows }] of this.#components) {
      if (allEmpty(windows)) this.#components.delete(component)
    }
    return gone
  }

  get components(): readonly string[] {
    return [...this.#components.keys()]
  }

  /** All operations of a component, or `undefined` when the window saw none. */
  component(component: string, name: WindowName): WindowView | undefined {
    return viewOf(this.#components.get(component)?.windows[name])
  }

  /** All operations of a group, or `undefined` when the window saw none. */
  group(id: string, name: WindowName): WindowView | undefined {
    return viewOf(this.#groups.get(id)?.sum.windows[name])
  }

  /** The series of a component that the window saw, each with all its operations, nested ones too. */
  series(
    component: string,
    name: WindowName,
  ): readonly { readonly name: string; readonly view: WindowView }[] {
    const views = new Map<string, WindowView[]>()
    for (const { key, windows } of this.#series.values()) {
      if (key.component !== component || windows[name].empty) continue
      const same = views.get(key.name)
      if (same === undefined) views.set(key.name, [windows[name].view()])
      else same.push(windows[name].view())
    }
    return [...views].map(([series, parts]) => ({ name: series, view: mergeViews(parts) }))
  }

  #add(windows: Windowed, counts: Counts, slots: Slots): void {
    for (const [name, slot] of slots) {
      try {
        windows[name].expire(this.#timeline.slot(name))
        windows[name].add(counts, slot)
      } catch (error) {
        this.#onError(error)
      }
    }
  }

  #expire(windows: Windowed): void {
    for (const name of WINDOW_NAMES) windows[name].expire(this.#timeline.slot(name))
  }

  #seriesOf(key: SeriesKey): { readonly windows: Windowed; readonly sums: readonly Sum[] } {
    const id = seriesId(key)
    const known = this.#series.get(id)
    if (known !== undefined) return known
    const { component, name, nested } = key
    const groups = [...this.#groups.values()].filter(
      ({ group }) => (group.nested || !nested) && group.covers(component, name),
    )
    const sums = groups.map(({ sum }) => sum)
    // A primitive inside another operation of its component is part of that one's time already.
    if (!nested) sums.push(this.#componentOf(component))
    const series = { key: { component, name, nested }, windows: this.#newWindows(), sums }
    this.#series.set(id, series)
    return series
  }

  #newSum(): Sum {
    return { windows: this.#newWindows(), brought: new Counts() }
  }

  #newWindows(): Windowed {
    return ofEach((name) => new Window(name, this.#slabs[name]))
  }

  #componentOf(component: string): Sum {
    const sum = this.#components.get(component) ?? this.#newSum()
    this.#components.set(component, sum)
    return sum
  }
}

function viewOf(window: Window | undefined): WindowView | undefined {
  return window === undefined || window.empty ? undefined : window.view()
}

function allEmpty(windows: Windowed): boolean {
  return WINDOW_NAMES.every((name) => windows[name].empty)
}

function ofEach<T>(make: (name: WindowName) => T): Readonly<Record<WindowName, T>> {
  return { '1min': make('1min'), '5min': make('5min'), '1hour': make('1hour'), '1day': make('1day') }
}
