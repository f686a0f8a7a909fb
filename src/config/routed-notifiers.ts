import { suggestion } from '../ground/suggestion.ts'
import type { AlertsDraft } from './alert-drafts.ts'
import type { Problem } from './problems.ts'

/** A route for a notifier that does not exist would tell nobody, and nobody would hear of that. */
export function noteUnknownNotifiers(
  { routes = [] }: AlertsDraft,
  known: readonly string[],
  problems: Problem[],
): void {
  for (const [at, route] of routes.entries()) {
    const name = route?.notifier
    if (name === undefined || known.includes(name)) continue
    const near = suggestion(name, known)
    const all = known.length === 0 ? 'none is configured' : `the configuration has ${known.join(', ')}`
    problems.push({
      path: `alerts.routes[${at}].notifier`,
      expected: 'the name of a notifier of the configuration',
      got: JSON.stringify(name),
      fix: near === undefined ? `add it to notifiers (${all})` : `did you mean "${near}"?`,
    })
  }
}
