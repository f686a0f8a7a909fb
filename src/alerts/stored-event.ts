import { type Check, either, fields, figure, list, literal, maybe, text, time } from '../ground/check.ts'
import type { AlertEvent } from './event.ts'
import { type Maintenance, MaintenanceSchedule } from './maintenance.ts'

export const evidence: Check = fields({
  atMs: time,
  sinceMs: time,
  indicator: either(
    fields({ kind: literal('latency'), percentile: figure, limitMs: figure, valueMs: figure }),
    fields({ kind: literal('hit_rate'), share: figure, value: figure }),
  ),
  window: text,
  ratio: figure,
  n: figure,
  bad: figure,
  failed: maybe(figure),
  compliance: figure,
  burn: maybe(
    fields({ long: figure, short: figure, factor: figure, longMs: maybe(figure), shortMs: maybe(figure) }),
  ),
  contributors: list(fields({ series: text, bad: figure, n: figure, share: figure, p95Ms: maybe(figure) })),
  slowest: maybe(
    fields({
      atMs: time,
      series: text,
      durationMs: figure,
      ownMs: figure,
      breakdown: list(fields({ component: text, calls: figure, wallMs: figure })),
    }),
  ),
  inFlight: figure,
  users: figure,
  lastChange: maybe(fields({ atMs: time, name: text })),
})
const severity = literal('WARNING', 'CRITICAL')
const identity = fields({ id: text, target: text, policy: text, component: text })
const matcher = fields({
  targets: maybe(list(text)),
  components: maybe(list(text)),
  severities: maybe(list(text)),
  policies: maybe(list(text)),
  alerts: maybe(list(text)),
})
const silence = fields({ id: text, match: matcher, fromMs: time, untilMs: time, by: text, comment: text })
const success = fields({
  id: text,
  atMs: time,
  target: text,
  spell: text,
  missedMs: time,
  component: text,
  evidence,
  awaitedBy: maybe(list(text)),
})

const maintenance: Check = (value) => {
  if (!fields({ name: text, match: matcher })(value)) return false
  if (fields({ kind: literal('once'), fromMs: time, untilMs: time })(value)) return true
  if (!fields({ kind: literal('recurring'), cron: text, durationMs: time, timeZone: text })(value))
    return false
  try {
    new MaintenanceSchedule(value as Maintenance)
    return true
  } catch {
    return false
  }
}

const fired = fields({ severity, worst: severity, sinceMs: time, firedMs: time, lastEvent: text, evidence })
const ended = fields({ state: literal('resolved'), resolvedMs: time, resolvedBy: maybe(text) })
const resolved: Check = (value) => [identity, fired, ended].every((check) => check(value))
const open: Check = (value) =>
  identity(value) &&
  (fields({ state: literal('pending'), sinceMs: time, holdFromMs: time })(value) ||
    (fields({ state: literal('firing') })(value) && fired(value)))

const said = fields({
  notifier: text,
  told: list(fields({ alert: text, target: text, group: text })),
  groups: list(fields({ group: text, notice: text, atMs: time })),
  owed: list(fields({ target: text, alert: text, group: text })),
  successes: list(fields({ target: text, event: text })),
})
const state = fields({
  alerts: list(either(open, resolved)),
  fired: maybe(list(fields({ target: text, policy: text, alert: text }))),
  closing: list(resolved),
  missed: list(fields({ target: text, spell: text, sinceMs: time })),
  successes: list(success),
  silences: list(silence),
  maintenance: list(maintenance),
  changes: maybe(list(fields({ atMs: time, name: text }))),
  lastChange: maybe(fields({ atMs: time, name: text })),
  startedMs: maybe(time),
  said: list(said),
})

const head = fields({ id: text, atMs: time })
const ofAlert = { alert: text, target: text, policy: text }
const plain = fields(ofAlert)
const spoken = { ...ofAlert, severity, evidence }
const ofSpell = fields({ target: text, spell: text })

/** What each type has beside its head. */
const TYPES: Readonly<Record<AlertEvent['type'], Check>> = {
  pending: fields({ ...ofAlert, identity }),
  withdrawn: plain,
  fired: fields({ ...spoken, identity, sinceMs: time }),
  escalated: fields(spoken),
  de_escalated: fields(spoken),
  resolved: fields({ ...spoken, by: maybe(text) }),
  stale: plain,
  recovering: plain,
  relapsed: plain,
  frozen: plain,
  thawed: plain,
  missed: ofSpell,
  meeting: ofSpell,
  faltered: ofSpell,
  success,
  acknowledged: fields({ alert: text, by: text, comment: text }),
  silenced: fields({ silence }),
  silence_ended: fields({ silence: text, by: text }),
  maintenance_added: fields({ maintenance, by: text }),
  maintenance_removed: fields({ maintenance: text, by: text }),
  changed: fields({ name: text }),
  started: () => true,
  said: fields({
    notifier: text,
    group: text,
    reason: text,
    alerts: list(fields({ alert: text, target: text, severity })),
    successes: list(fields({ target: text, event: maybe(text) })),
  }),
  checkpoint: fields({ state }),
}

/**
 * What a store gave, as an event of alerts; `undefined` where it is none. A store may hold what another version, an
 * import or a hand has put there, and one event that cannot be read must not keep a service from judging the rest.
 */
export function storedEvent(data: unknown): AlertEvent | undefined {
  if (!head(data)) return undefined
  const { type } = data as { readonly type?: unknown }
  if (typeof type !== 'string' || !Object.hasOwn(TYPES, type)) return undefined
  return TYPES[type as AlertEvent['type']](data) ? (data as AlertEvent) : undefined
}
