import { Counts } from '../measure/counts.ts'
import type { Slice } from '../measure/slice.ts'
import { Timeline } from '../measure/timeline.ts'
import { Window, type WindowName, type WindowView } from '../measure/window.ts'
import { judge } from '../targets/judge.ts'
import { type Match, match } from '../targets/match.ts'
import type { Target } from '../targets/target.ts'
import type { Verdict } from '../targets/verdict.ts'
import { type Lookback, spentOver } from './lookback.ts'

interface Covered {
  readonly target: Target
  readonly covers: Match
  readonly windows: ReadonlyMap<WindowName, Window>
  /** What was said of the window as it is; `undefined` when it has changed since. */
  verdict: Verdict | undefined
}

/** The windows that alerts are decided on, by target: what a replay needs of what the engine keeps for every series. */
export class TargetWindows {
  readonly #timeline: Timeline
  readonly #covered: readonly Covered[]

  /** @param names the windows that are needed besides `1min` */
  constructor(
    targets: readonly Target[],
    { startMs, names }: { readonly startMs: number; readonly names: readonly WindowName[] },
  ) {
    this.#timeline = new Timeline(startMs)
    const wanted = [...new Set<WindowName>(['1min', ...names])]
    this.#covered = targets.map((target) => ({
      target,
      covers: match(target),
      windows: new Map(wanted.map((name) => [name, new Window(name)])),
      verdict: undefined,
    }))
  }

  get lastMs(): number {
    return this.#timeline.lastMs
  }

  /** Takes what came until `atMs` and moves all windows on. */
  read(atMs: number, slices: readonly Slice[]): void {
    this.#timeline.read(atMs)
    for (const covered of this.#covered) {
      const { target, covers, windows } = covered
      const before = seenIn(covered)
      let counts: Counts | undefined
      for (const slice of slices) {
        // A primitive inside another operation of its component is part of that one's time already.
        if (slice.nested && target.series === undefined) continue
        if (!covers(slice.component, slice.name)) continue
        counts ??= new Counts()
        counts.add(slice.counts)
      }
      for (const [name, window] of windows) {
        const slot = this.#timeline.slot(name)
        window.expire(slot)
        if (counts !== undefined) window.add(counts, slot)
      }
      // Most seconds of a stored minute change nothing, and judging is most of the work.
      if (counts !== undefined || seenIn(covered) !== before) covered.verdict = undefined
    }
  }

  verdicts(): readonly Verdict[] {
    return this.#covered.map((covered) => {
      covered.verdict ??= judge(covered.target, view(covered, '1min'))
      return covered.verdict
    })
  }

  readonly lookback: Lookback = (target, lengthMs) => {
    const covered = this.#covered.find((each) => each.target === target)
    if (covered === undefined) return undefined
    const windows = {
      view: (_: Target, name: WindowName) => view(covered, name),
      slot: (name: WindowName) => this.#timeline.slot(name),
    }
    return spentOver(windows, target, lengthMs)
  }
}

function view({ windows }: Covered, name: WindowName): WindowView | undefined {
  const window = windows.get(name)
  return window === undefined || window.empty ? undefined : window.view()
}

/** A slot that leaves the window takes at least one operation with it. */
function seenIn(covered: Covered): number {
  return view(covered, '1min')?.counts.total ?? 0
}
