import { Counts } from '../measure/counts.ts'
import { type SeriesKey, type Slice, seriesId } from '../measure/slice.ts'
import type { Slots, Timeline } from '../measure/timeline.ts'
import { mergeViews, WINDOW_NAMES, Window, type WindowName, type WindowView } from '../measure/window.ts'

type Windowed = Readonly<Record<WindowName, Window>>

/** The four windows of every series and of every component. */
export class Windows {
  readonly #timeline: Timeline
  readonly #series = new Map<string, { readonly key: SeriesKey; readonly windows: Windowed }>()
  readonly #components = new Map<string, Windowed>()
  /** What one call of `add` brings a component, in memory that is used again. */
  readonly #brought = new Map<string, Counts>()

  readonly #onError: (error: unknown) => void

  /** @param onError hears of a series that could not be added; the others are */
  constructor(timeline: Timeline, onError: (error: unknown) => void) {
    this.#timeline = timeline
    this.#onError = onError
  }

  /**
   * Adds what one reading, one stored span or other instances brought, to the timeline's newest slots or to those that
   * are given, and moves all windows on.
   */
  add(slices: readonly Slice[], slots: Slots = this.#timeline.newest()): void {
    for (const slice of slices) {
      this.#add(this.#windowsOf(slice), slice.counts, slots)
      // A primitive inside another operation of its component is part of that one's time already.
      if (slice.nested) continue
      const counts = this.#brought.get(slice.component) ?? new Counts()
      counts.add(slice.counts)
      this.#brought.set(slice.component, counts)
    }
    for (const [component, counts] of this.#brought) {
      if (counts.total === 0 && counts.histogram.total() === 0) continue
      this.#add(this.#componentOf(component), counts, slots)
      counts.reset()
    }
    for (const { windows } of this.#series.values()) this.#expire(windows)
    for (const windows of this.#components.values()) this.#expire(windows)
  }

  /**
   * Lets go of series that no window knows any more: a name that came once must not hold its place for ever.
   *
   * @returns their ids
   */
  forgetEmpty(): readonly string[] {
    const gone = [...this.#series].flatMap(([id, { windows }]) => (allEmpty(windows) ? [id] : []))
    for (const id of gone) this.#series.delete(id)
    for (const [component, windows] of this.#components) {
      if (allEmpty(windows)) this.#components.delete(component)
    }
    return gone
  }

  get components(): readonly string[] {
    return [...this.#components.keys()]
  }

  /** All operations of a component, or `undefined` when the window saw none. */
  component(component: string, name: WindowName): WindowView | undefined {
    const window = this.#components.get(component)?.[name]
    return window === undefined || window.empty ? undefined : window.view()
  }

  /** The series of a component that the window saw, each with all its operations, nested ones too. */
  series(
    component: string,
    name: WindowName,
    nested = true,
  ): readonly { readonly name: string; readonly view: WindowView }[] {
    const views = new Map<string, WindowView[]>()
    for (const { key, windows } of this.#series.values()) {
      if (key.component !== component || windows[name].empty || (key.nested && !nested)) continue
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

  #windowsOf(key: SeriesKey): Windowed {
    const id = seriesId(key)
    const known = this.#series.get(id)
    if (known !== undefined) return known.windows
    const { component, name, nested } = key
    const windows = fourWindows()
    this.#series.set(id, { key: { component, name, nested }, windows })
    return windows
  }

  #componentOf(component: string): Windowed {
    const windows = this.#components.get(component) ?? fourWindows()
    this.#components.set(component, windows)
    return windows
  }
}

function allEmpty(windows: Windowed): boolean {
  return WINDOW_NAMES.every((name) => windows[name].empty)
}

function fourWindows(): Windowed {
  return {
    '1min': new Window('1min'),
    '5min': new Window('5min'),
    '1hour': new Window('1hour'),
    '1day': new Window('1day'),
  }
}
