import { suggestion } from '../../ground/suggestion.ts'
import type { CardData, TargetData } from '../card/data.ts'
import { Json } from '../card/json.ts'
import { readCard } from '../card/reader.ts'
import { recorderNames, recorderText } from '../card/recorder-text.ts'
import { lacksRoutes, NO_ROUTES } from '../card/routes.ts'
import { type Check, noted, passed } from './check.ts'

/** Where figures come from without code. */
const WATCHED: Readonly<Record<string, string>> = {
  authentication:
    'jsonwebtoken, jose, passport, bcrypt, argon2, express-session, better-auth, and routes that are logins',
  authorization: 'casbin, @casl/ability and accesscontrol',
  database: 'pg, postgres, mysql2, mongodb, better-sqlite3 and node:sqlite',
  cache_l1: 'lru-cache, and keyv, cache-manager and unstorage in memory',
  cache_l2: 'ioredis, redis, memjs, and keyv, cache-manager and unstorage elsewhere',
  cache_l3: 'what the option "layers" names: a library, a table, a host',
}

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
      noted(`${recorderText(recorderNames(each))} is watched in part`, each.at('detail').text()),
    ),
  ]
}

/** Where the figures of each component would come from, whether or not the project has it. */
export function callChecks(): readonly Check[] {
  return Object.keys(CALLS)
    .filter((component) => component !== 'request')
    .map((component) => noted(`${component} can be measured by`, sourcesOf(component)))
}

/** Which components of a running service have figures, and how the others would get some. */
export function measuredChecks(metrics: unknown, compliance: unknown): readonly Check[] {
  const card = readCard({ metrics, compliance })
  const { components, targets } = card
  const measured = components.filter(({ n }) => n > 0)
  const missing = targets.filter(({ n }) => n === 0)
  return [
    ...measured.map(({ component, n, series }) =>
      passed(`${component} is measured`, `${n} operations in ${series.length} series`),
    ),
    ...missing.map((target) => noted(`${target.id} is not measured`, whyMissing(target, card))),
  ]
}

function whyMissing(target: TargetData, card: CardData): string {
  if (lacksRoutes(target, card)) return NO_ROUTES
  const { component, series, percentile } = target
  const found = card.components.find((each) => each.component === component)
  const others = found?.series ?? []
  if (series === null && percentile === null && found !== undefined && found.n > 0)
    return `none of its ${found.n} operations said whether it hit: a read does, a write does not`
  if (series !== null && percentile !== null && others.length > 0) return whyNoneFits(series, others)
  return `nothing recorded in the last hour; it comes from ${sourcesOf(component)}`
}

const MOST_OTHERS = 5

/** A series that is misspelt looks like one that nobody asks for. */
function whyNoneFits(series: string, others: readonly { readonly name: string }[]): string {
  const names = others.map(({ name }) => name)
  const near = suggestion(series, names)
  const listed = names.slice(0, MOST_OTHERS).join(', ')
  const more = names.length > MOST_OTHERS ? ` and ${names.length - MOST_OTHERS} more` : ''
  const meant = near === undefined ? `: ${listed}${more}` : `; did you mean "${near}"?`
  return `nothing that was recorded in the last hour fits "${series}"${meant}`
}

/** A component may be called anything, `constructor` too. */
function sourcesOf(component: string): string {
  const call = Object.hasOwn(CALLS, component) ? CALLS[component]! : 'your own calls'
  return Object.hasOwn(WATCHED, component) ? `${WATCHED[component]}; else ${call}` : call
}
