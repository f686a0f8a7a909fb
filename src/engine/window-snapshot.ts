import { mergeViews, type WindowName, type WindowView } from '../measure/window.ts'
import { judge } from '../targets/judge.ts'
import type { Match } from '../targets/match.ts'
import { overallGrade } from '../targets/overall.ts'
import type { Target } from '../targets/target.ts'
import type { ComponentSnapshot, WindowSnapshot } from './snapshot.ts'
import type { Windows } from './windows.ts'

/** A target with what it covers, compiled. */
export interface Judged {
  readonly target: Target
  readonly covers: Match
}

/** Works out one window: every component, every series, every target's verdict, the overall grade. */
export function windowSnapshot(
  name: WindowName,
  windows: Windows,
  span: { readonly fromMs: number; readonly toMs: number },
  judged: readonly Judged[],
): WindowSnapshot {
  const verdicts = judged.map((entry) => judge(entry.target, targetView(entry, windows, name)))
  let components: readonly ComponentSnapshot[] | undefined
  return {
    name,
    ...span,
    // Not needed for judging, and the longest part of the work: done when somebody asks.
    get components() {
      components ??= componentsOf(
        windows,
        name,
        judged.map(({ target }) => target),
      )
      return components
    },
    verdicts,
    overall: overallGrade(verdicts),
  }
}

/** A component's own target reads the component; any other the series that it covers. */
function targetView({ target, covers }: Judged, windows: Windows, name: WindowName): WindowView | undefined {
  if (target.series === undefined && target.except.length === 0)
    return windows.component(target.component, name)
  const nested = target.series !== undefined
  const covered = windows
    .series(target.component, name, nested)
    .filter((series) => covers(target.component, series.name))
  return covered.length === 0 ? undefined : mergeViews(covered.map((series) => series.view))
}

function componentsOf(
  windows: Windows,
  name: WindowName,
  targets: readonly Target[],
): readonly ComponentSnapshot[] {
  const wanted = [...new Set(targets.map((target) => target.component))]
  const others = windows.components.filter((component) => !wanted.includes(component)).sort()
  return [...wanted, ...others].flatMap((component) => {
    const view = windows.component(component, name)
    if (view === undefined) return []
    const series = windows
      .series(component, name)
      .map((entry) => ({ name: entry.name, counts: entry.view.counts }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    return [{ component, counts: view.counts, series }]
  })
}
