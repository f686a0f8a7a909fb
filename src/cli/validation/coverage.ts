import { Json } from '../card/json.ts'
import { readCard } from '../card/reader.ts'
import { type Check, noted, passed } from './check.ts'

/** How your code reports what no recorder sees. */
const CALLS: Readonly<Record<string, string>> = {
  authentication: 'trackAuthentication(name, { userId }, fn)',
  authorization: 'trackAuthorization(name, { userId }, fn)',
  database: 'trackDatabase({ query, table }, fn)',
  cache_l1: "trackCache('L1', 'get', { key }, fn)",
  cache_l2: "trackCache('L2', 'get', { key }, fn)",
  cache_l3: "trackCache('L3', 'get', { key }, fn)",
  request: 'an HTTP server started after the preload, or middleware()',
}

/** Which recorders watch without code, and which could not. */
export function recorderChecks(self: unknown): readonly Check[] {
  const recorders = new Json(self).at('recorders').list()
  const names = (state: string): string[] => [
    ...new Set(
      recorders.filter((each) => each.at('state').value === state).map((each) => each.at('name').text()),
    ),
  ]
  const attached = names('attached')
  const degraded = recorders.filter((each) => each.at('state').value === 'degraded')
  return [
    ...(attached.length === 0
      ? [noted('no recorder is attached', 'only what your code tracks is measured')]
      : [passed('watched without code', attached.join(', '))]),
    ...degraded.map((each) =>
      noted(`${each.at('name').text()} is watched in part`, each.at('detail').text()),
    ),
  ]
}

/** What only calls in your code report: one line per component. */
export function callChecks(): readonly Check[] {
  return Object.entries(CALLS)
    .filter(([component]) => component !== 'request')
    .map(([component, call]) => noted(`${component} is measured where your code calls`, call))
}

/** Which components of a running service have figures, and how the others would get some. */
export function measuredChecks(metrics: unknown, compliance: unknown): readonly Check[] {
  const { components, targets } = readCard({ metrics, compliance })
  const measured = components.filter(({ n }) => n > 0)
  const missing = targets.filter(({ n }) => n === 0)
  return [
    ...measured.map(({ component, n, series }) =>
      passed(`${component} is measured`, `${n} operations in ${series.length} series`),
    ),
    ...missing.map(({ id, component }) =>
      noted(
        `${id} is not measured`,
        `nothing recorded in the last hour; it comes from ${CALLS[component] ?? 'your own calls'}`,
      ),
    ),
  ]
}
