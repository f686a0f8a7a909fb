import type { Verdict } from '../targets/verdict.ts'

/**
 * `critical` when a target is missed twice over or more, `degraded` when one is missed, `unknown` when nothing was
 * measured.
 */
export type HealthStatus = 'healthy' | 'degraded' | 'critical' | 'unknown'

export interface ComponentHealth {
  readonly component: string
  /** Of the component's own target; `undefined` where it has none. */
  readonly verdict: Verdict | undefined
}

export interface Health {
  readonly status: HealthStatus
  /** In the targets' order, then measured components without a target of their own. */
  readonly components: readonly ComponentHealth[]
}

/** How the service and each of its components are. A missed target counts whatever its weight. */
export function health(window: {
  readonly components: readonly { readonly component: string }[]
  readonly verdicts: readonly Verdict[]
}): Health {
  const { verdicts } = window
  const targeted = verdicts.map(({ target }) => target.component)
  const measured = window.components.map(({ component }) => component)
  const components = [...new Set([...targeted, ...measured])].map((component) => ({
    component,
    verdict: ownVerdict(component, verdicts),
  }))
  return { status: statusOf(verdicts), components }
}

/** The verdict of the target that grades a whole component; the one named like it where there are several. */
function ownVerdict(component: string, verdicts: readonly Verdict[]): Verdict | undefined {
  const whole = verdicts.filter(({ target }) => target.component === component && target.series === undefined)
  return whole.find(({ target }) => target.id === component) ?? whole[0]
}

function statusOf(verdicts: readonly Verdict[]): HealthStatus {
  const judged = verdicts.flatMap((verdict) => (verdict.status === 'unknown' ? [] : [verdict]))
  if (judged.length === 0) return 'unknown'
  if (judged.some(({ severity }) => severity === 'critical')) return 'critical'
  return judged.some(({ status }) => status === 'missed') ? 'degraded' : 'healthy'
}
