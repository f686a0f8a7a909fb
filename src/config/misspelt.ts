import { distance } from '../ground/suggestion.ts'
import { summarizeSql } from '../measure/sql.ts'
import { defaultTargets } from '../targets/defaults.ts'
import type { Target } from '../targets/target.ts'

const KNOWN = [...defaultTargets.map(({ component }) => component), 'external']
const BY_METHOD: readonly string[] = ['request', 'wait']
/** What only a whole statement has: names of queries hold its operations and tables alone. */
const CLAUSE = /\s(?:from|into|set|where|values)\b/i

/**
 * Targets on a component one letter beside one of Yardstick's own, or on series that are named unlike those that it
 * records, a sentence each. They are no mistake for certain: an application may record what it likes. But no figure
 * would ever come where it does not.
 */
export function misspelt(
  targets: readonly Pick<Target, 'component' | 'series' | 'except'>[],
): readonly string[] {
  return [
    ...new Set(
      targets.flatMap(({ component, series = [], except }) => [
        ...nearComponent(component),
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

function strangeSeries(component: string, name: string): readonly string[] {
  const meant = BY_METHOD.includes(component)
    ? withMethod(name)
    : component === 'database' && CLAUSE.test(name)
      ? summarizeSql(name)
      : name
  return meant === name || meant === '' ? [] : [remark(`${component} "${name}", which a target names`, meant)]
}

function withMethod(name: string): string {
  if (name.startsWith('/')) return `* ${name}`
  return name.replace(/^[a-z]+(?= \/)/i, (method) => method.toUpperCase())
}

function remark(what: string, meant: string): string {
  return `only your own code could record ${what}; did you mean "${meant}"?`
}
