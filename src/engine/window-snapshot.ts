import type { WindowName, WindowView } from '../measure/window.ts'
import { judge } from '../targets/judge.ts'
import { match } from '../targets/match.ts'
import { type OverallGrade, overallGrade } from '../targets/overall.ts'
import type { Target } from '../targets/target.ts'
import type { ComponentSnapshot, WindowSnapshot } from './snapshot.ts'
import type { Group, Windows } from './windows.ts'

/** Works out one window: every component, every series, every target's verdict, the overall grade. */
export function windowSnapshot(
  name: WindowName,
  windows: Windows,
  span: { readonly fromMs: number; readonly toMs: number },
  targets: readonly Target[],
): WindowSnapshot {
  const verdicts = targets.map((target) => judge(target, targetView(target, windows, name)))
  let components: readonly ComponentSnapshot[] | undefined
  let overall: OverallGrade | undefined
  return {
    name,
    ...span,
    // Not needed for judging, and the longest part of the work: done when somebody asks.
    get components() {
      components ??= componentsOf(windows, name, targets)
      return components
    },
    verdicts,
    get overall() {
      overall ??= overallGrade(verdicts)
      return overall
    },
  }
}

/** The groups that targets look at, of those that look at a part of their component. */
export function groupsOf(targets: readonly Target[]): readonly Group[] {
  return targets
    .filter((target) => !ofComponent(target))
    .map((target) => ({ id: target.id, covers: match(target), nested: target.series !== undefined }))
}

/** A component's own target reads the component; any other the series that it covers. */
export function targetView(target: Target, windows: Windows, name: WindowName): WindowView | undefined {
  return ofComponent(target) ? windows.component(target.component, name) : windows.group(target.id, name)
}

function ofComponent({ series, except }: Target): boolean {
  return series === undefined && except.length === 0
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
      .map(({ name, nested, view }) => ({ name, nested, counts: view.counts }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    return [{ component, counts: view.counts, series }]
  })
}
