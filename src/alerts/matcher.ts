import { Pattern } from '../targets/pattern.ts'
import type { AlertSeverity } from './alert.ts'

/** Which alerts are meant: those that fit every part that is given. Without any part: all of them. */
export interface Matcher {
  /** Ids of targets or patterns over them; any of them. */
  readonly targets?: readonly string[]
  readonly components?: readonly string[]
  readonly severities?: readonly AlertSeverity[]
  /** Names of policies. */
  readonly policies?: readonly string[]
  /** Ids of alerts. */
  readonly alerts?: readonly string[]
}

/** What is looked at; a part that it lacks fits nothing that names such a part. */
export interface Subject {
  readonly target: string
  readonly component: string
  readonly severity?: AlertSeverity
  readonly policy?: string
  readonly alert?: string
}

/** Compiles a matcher. An empty list fits nothing, so that a filter left empty shows at once. */
export function matching(matcher: Matcher): (subject: Subject) => boolean {
  const { components, severities, policies, alerts } = matcher
  const targets = matcher.targets?.map((text) => new Pattern(text))
  return ({ target, component, severity, policy, alert }) =>
    (targets === undefined || targets.some((pattern) => pattern.matches(target))) &&
    (components === undefined || components.includes(component)) &&
    (severities === undefined || (severity !== undefined && severities.includes(severity))) &&
    (policies === undefined || (policy !== undefined && policies.includes(policy))) &&
    (alerts === undefined || (alert !== undefined && alerts.includes(alert)))
}
