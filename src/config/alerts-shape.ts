import { z } from 'zod'
import { LONGEST_GRACE_MS } from '../alerts/grace.ts'
import type {
  AlertsDraft,
  GraceDraft,
  MaintenanceDraft,
  PairDraft,
  PolicyDraft,
  QuietHoursDraft,
  RouteDraft,
} from './alert-drafts.ts'
import type {
  AlertsOptions,
  GraceOptions,
  MaintenanceOptions,
  PairOptions,
  PolicyOptions,
  QuietHoursOptions,
  RouteOptions,
} from './alert-options.ts'
import { cron, instant, timeOfDay, timeZone, weekdays } from './calendar.ts'
import { duration, durationMs } from './durations.ts'
import * as field from './fields.ts'
import type { Field, Group, List, Shape } from './shape.ts'

type ShapeFor<Given, Out> = Shape<Out> & Readonly<Record<keyof Given, unknown>>

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const MOST = 100

const hold = duration({ least: 0, most: DAY_MS, bounds: 'a duration up to 1 d', example: '10s' })
const lookback = duration({
  least: MINUTE_MS,
  most: DAY_MS,
  bounds: 'a duration from 1 min to 1 d, as far back as windows are kept',
  example: '1h',
})
const factor = field.number('a factor', 1, 1000, false)
const severity = field.choice(['WARNING', 'CRITICAL'], (input) =>
  typeof input === 'string' && input.toUpperCase() === 'CRITICAL' ? 'CRITICAL' : undefined,
)
const targets = field.names('the id of a target, a pattern', 'request GET /admin/**')
const components = field.names('a component', 'database')

const repeat: Field<number | 'never'> = {
  kind: 'field',
  schema: z.union([
    z.literal('never'),
    z
      .unknown()
      .transform(durationMs)
      .pipe(
        z
          .number()
          .min(MINUTE_MS)
          .max(30 * DAY_MS),
      ),
  ]),
  expected: () => 'a duration from 1 min to 30 d, or "never"',
  fix: () => 'write "4h"',
}

const pair: ShapeFor<PairOptions, PairDraft> = { severity, long: lookback, short: lookback, factor }

const policy: ShapeFor<PolicyOptions, PolicyDraft> = {
  kind: field.choice(['ratio', 'burn_rate']),
  name: field.name('the name of the policy', 'admin'),
  targets,
  components,
  for: hold,
  keepFiringFor: hold,
  recovery: field.number('a share of the threshold', 0.1, 1, false),
  warning: factor,
  critical: factor,
  fewestOperations: field.number('a whole number', 1, 1_000_000, true),
  fewestBad: field.number('a whole number', 1, 1_000_000, true),
  pairs: list<PairDraft>(
    pair,
    'pair of windows',
    '{ severity: "CRITICAL", long: "1h", short: "5min", factor: 14.4 }',
  ),
}

const afterwards = duration({
  least: 0,
  most: LONGEST_GRACE_MS,
  bounds: 'a duration up to 1 d',
  example: '2min',
})
const grace: ShapeFor<GraceOptions, GraceDraft> = {
  afterStart: afterwards,
  afterChange: afterwards,
  afterMaintenance: afterwards,
}

const maintenance: ShapeFor<MaintenanceOptions, MaintenanceDraft> = {
  name: field.name('the name of the maintenance', 'backup'),
  cron,
  duration: duration({
    least: MINUTE_MS,
    most: 31 * DAY_MS,
    bounds: 'a duration from 1 min to 31 d',
    example: '1h',
  }),
  timeZone,
  from: instant,
  until: instant,
  targets,
  components,
}

const quietHours: ShapeFor<QuietHoursOptions, QuietHoursDraft> = {
  from: timeOfDay,
  until: timeOfDay,
  timeZone,
  days: weekdays,
}

const route: ShapeFor<RouteOptions, RouteDraft> = {
  notifier: field.name('the name of a notifier', 'slack'),
  severity,
  targets,
  components,
  groupBy: field.choice(['alert', 'target', 'component', 'service']),
  groupWait: hold,
  repeat,
  success: field.choice(['after_alert', 'always', 'never']),
}

const shape: ShapeFor<AlertsOptions, AlertsDraft> = {
  enabled: field.flag,
  policies: list<PolicyDraft>(policy, 'policy', '{ kind: "ratio", warning: 1.5, critical: 2 }'),
  grace: {
    kind: 'group',
    shape: grace,
    expected: 'times of grace',
    fix: 'write { afterStart: "2min", afterChange: "2min" }',
  },
  successAfter: hold,
  maintenance: list<MaintenanceDraft>(
    maintenance,
    'maintenance',
    '{ name: "backup", cron: "30 2 * * *", duration: "1h" }',
  ),
  quietHours: list<QuietHoursDraft>(quietHours, 'span of hours', '{ from: "22:00", until: "07:00" }'),
  routes: list<RouteDraft>(route, 'route', '{ notifier: "slack", severity: "CRITICAL" }'),
}

/** How everything about alerts is read. */
export const alerts: Group<AlertsDraft> = {
  kind: 'group',
  shape,
  spellOut: (input) => (input === false || input === 'off' ? { enabled: false } : undefined),
  expected: 'options about alerts, or "off"',
  fix: 'write { policies: [{ kind: "ratio" }] }',
}

function list<Out>(item: Shape<Out>, what: string, example: string): List<Out> {
  return {
    kind: 'list',
    item: { kind: 'group', shape: item, expected: `a ${what}`, fix: `write ${example}` },
    most: MOST,
    expected: `a list of at most ${MOST}, each a ${what}`,
    fix: `write [${example}]`,
  }
}
