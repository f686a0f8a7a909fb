import { Pattern } from './pattern.ts'
import type { Target } from './target.ts'

/** Whether a target covers a series. */
export type Match = (component: string, series: string) => boolean

/**
 * Compiles what a target covers: its component, all series of it or those whose name its pattern matches, without
 * those it excepts. Make it once per target and ask once per new series.
 *
 * @example match(target)('request', 'GET /admin/users/:id') // true for series 'GET /admin/**'
 */
export function match(target: Target): Match {
  const wanted = target.series === undefined ? undefined : new Pattern(target.series)
  const except = target.except.map((text) => new Pattern(text))
  return (component, series) =>
    component === target.component &&
    (wanted === undefined || wanted.matches(series)) &&
    !except.some((pattern) => pattern.matches(series))
}
