import { nodeHttp } from '../ground/node-http.ts'
import { distance } from '../ground/suggestion.ts'
import { CACHES } from '../measure/cache-layers.ts'
import { summarizeSql } from '../measure/sql.ts'
import { defaultTargets } from '../targets/defaults.ts'
import type { Target } from '../targets/target.ts'

const KNOWN = [...defaultTargets.map(({ component }) => component), 'external']
const BY_METHOD: readonly string[] = ['request', 'wait']
/** What only a whole statement has: names of queries hold its operations and tables alone. */
const CLAUSE = /\s(?:from|into|set|where|values)\b/i
const METHODS: ReadonlySet<string> = new Set(nodeHttp.METHODS)
const UUID = /(?<=\/)[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?=\/|$)/gi

/**
 * Targets on a component one letter beside one of Yardstick's own, on the hit rate of one without lookups, or on series
 * that are named unlike those that it records, a sentence each. They are no mistake for certain: an application may
 * record what it likes. But no figure would ever come where it does not.
 */
export function misspelt(
  targets: readonly Pick<Target, 'component' | 'series' | 'except' | 'indicator'>[],
): readonly string[] {
  return [
    ...new Set(
      targets.flatMap(({ component, series = [], except, indicator }) => [
        ...nearComponent(component),
        ...(indicator.kind === 'hit_rate' ? withoutLookups(component) : []),
        ...[series, except].flat().flatMap((name) => strangeSeries(component, name)),
      ]),
    ),
  ]
}

function nearComponent(component: string): readonly string[] {
  if (KNOWN.includes(component)) return []
  const meant = KNOWN.find((known) => distance(component.toLowerCase(), known) <= 1)
  return meant === undefined ? [] : [remark(`"${component}", which has a target`, meant)]
}

function withoutLookups(component: string): readonly string[] {
  if (!KNOWN.includes(component) || CACHES.some((cache) => cache === component)) return []
  return [
    `only your own code could record lookups of ${component}, on whose hit rate there is a target; caches are ${CACHES.join(', ')}`,
  ]
}

function strangeSeries(component: string, name: string): readonly string[] {
  const isRequest = BY_METHOD.includes(component)
  const meant = isRequest ? withMethod(name) : recordedName(component, name)
  const template = isRequest ? withoutValues(meant) : meant
  const named = `${component} "${name}", which a target names`
  if (meant !== name) return [remark(named, template)]
  if (template === name) return []
  return [`routes are recorded by their templates, not by paths as ${named}; did you mean "${template}"?`]
}

function withMethod(name: string): string {
  if (name.startsWith('/')) return `* ${name}`
  return name
    .replace(/^[a-z]+(?= \/)/i, (method) => method.toUpperCase())
    .replace(/^(\*+|[a-z]+) (?=[^/(*])/i, (start, method: string) =>
      method.startsWith('*') || METHODS.has(method.toUpperCase()) ? `${start.toUpperCase()}/` : start,
    )
}

/** A route may be written with a number, above all as its first part (`/2/users`): a later one is mostly an id. */
function withoutValues(name: string): string {
  return name.replace(/(?<=[^/ ]\/)\d+(?=\/|$)/g, '*').replace(UUID, '*')
}

function recordedName(component: string, name: string): string {
  if (component === 'database' && CLAUSE.test(name)) return summarizeSql(name) || name
  const isCommand = CACHES.some((cache) => cache === component) && /^[A-Z]+$/.test(name)
  return isCommand ? name.toLowerCase() : name
}

function remark(what: string, meant: string): string {
  return `only your own code could record ${what}; did you mean "${meant}"?`
}
