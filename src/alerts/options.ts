import type { BurnPair } from './burn-rate-policy.ts'
import type { Maintenance } from './maintenance.ts'
import type { Policy } from './policy.ts'
import type { PolicyTerms } from './policy-terms.ts'
import type { QuietHours } from './quiet-hours.ts'
import type { Route } from './route.ts'

/** Everything about alerts that can be set, complete. Plain data. */
export interface AlertOptions {
  /** `false`: nothing is evaluated and nobody is told. */
  readonly enabled: boolean
  /** Each with a name of its own; a target may be watched by several. */
  readonly policies: readonly Policy[]
  /** For these times after a start of the service, a change, the end of a maintenance nothing fires. */
  readonly graceMs: {
    readonly afterStart: number
    readonly afterChange: number
    readonly afterMaintenance: number
  }
  /** How long the ratio has to be under 1 for "target met again". */
  readonly successAfterMs: number
  readonly maintenance: readonly Maintenance[]
  readonly quietHours: readonly QuietHours[]
  readonly routes: readonly Route[]
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** What every policy has unless it says otherwise. */
const policyTerms: Omit<PolicyTerms, 'name'> = {
  match: {},
  forMs: 10_000,
  keepFiringForMs: MINUTE_MS,
  recovery: 0.9,
  withdrawAfterMs: 5 * MINUTE_MS,
  staleAfterMs: HOUR_MS,
}

/** The table of the SRE workbook, for a budget of 30 days: 2 %, 5 %, 10 % and 10 % of it spent. */
export const burnPairs: readonly BurnPair[] = [
  { severity: 'CRITICAL', longMs: HOUR_MS, shortMs: 5 * MINUTE_MS, factor: 14.4 },
  { severity: 'CRITICAL', longMs: 6 * HOUR_MS, shortMs: 30 * MINUTE_MS, factor: 6 },
  { severity: 'WARNING', longMs: DAY_MS, shortMs: 2 * HOUR_MS, factor: 3 },
  { severity: 'WARNING', longMs: 3 * DAY_MS, shortMs: 6 * HOUR_MS, factor: 1 },
]

/** The rule of the requirements: WARNING at 1.5 times, CRITICAL at twice the limit. */
export const ratioPolicy: Extract<Policy, { readonly kind: 'ratio' }> = {
  ...policyTerms,
  kind: 'ratio',
  name: 'ratio',
  warning: 1.5,
  critical: 2,
  fewestOperations: 20,
  fewestBad: 5,
}

/** Burn rates over several windows. The windows make the hold: it fires at once. */
export const burnRatePolicy: Extract<Policy, { readonly kind: 'burn_rate' }> = {
  ...policyTerms,
  kind: 'burn_rate',
  name: 'burn_rate',
  forMs: 0,
  pairs: burnPairs,
  fewestBad: 5,
}

/** What a notifier has that no route is written for. */
export function defaultRoute(notifier: string): Route {
  return {
    notifier,
    match: [],
    from: 'WARNING',
    groupBy: 'component',
    groupWaitMs: 0,
    repeatMs: 4 * HOUR_MS,
    success: 'after_alert',
  }
}

/** What holds where nothing is said. */
export const alertDefaults: AlertOptions = {
  enabled: true,
  policies: [ratioPolicy],
  graceMs: { afterStart: 2 * MINUTE_MS, afterChange: 2 * MINUTE_MS, afterMaintenance: 2 * MINUTE_MS },
  successAfterMs: 10_000,
  maintenance: [],
  quietHours: [],
  routes: [],
}
