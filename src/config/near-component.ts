import { distance } from '../ground/suggestion.ts'
import { defaultTargets } from '../targets/defaults.ts'
import type { Target } from '../targets/target.ts'

const KNOWN = [...defaultTargets.map(({ component }) => component), 'external']

/**
 * Targets on a component one letter beside one of Yardstick's own, a sentence each. They are no mistake for certain:
 * an application may record what it likes. But no figure would ever come where it does not.
 */
export function nearComponents(targets: readonly Pick<Target, 'component'>[]): readonly string[] {
  return [...new Set(targets.map(({ component }) => component))].flatMap((component) => {
    if (KNOWN.includes(component)) return []
    const meant = KNOWN.find((known) => distance(component.toLowerCase(), known) <= 1)
    if (meant === undefined) return []
    return [`only your own code could record "${component}", which has a target; did you mean "${meant}"?`]
  })
}
