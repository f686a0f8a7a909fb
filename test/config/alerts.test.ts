import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertDefaults, burnRatePolicy, ratioPolicy } from '../../src/alerts/options.ts'
import { AlertWatch } from '../../src/alerts/watch.ts'
import type { AlertsOptions } from '../../src/config/alert-options.ts'
import { loadSettings } from '../../src/config/load.ts'
import type { Settings } from '../../src/config/settings.ts'
import { YardstickError } from '../../src/ground/errors.ts'
import { directory } from './directory.ts'

const MINUTE_MS = 60_000
/** Whom the routes name. */
const NOTIFIERS = {
  slack: { kind: 'slack', url: 'https://hooks.example/T0/B0/x' },
  pager: { kind: 'pagerduty', routingKey: '0123456789abcdef0123456789abcdef' },
}

test('options about alerts as users write them', async (t) => {
  const place = directory(t)
  const complete = async (alerts: unknown): Promise<Settings> =>
    loadSettings({ directory: place, environment: {}, options: { alerts, notifiers: NOTIFIERS } })

  await t.test('nothing said: the rule of the requirements', async () => {
    assert.deepEqual((await complete(undefined)).alerts, alertDefaults)
    assert.deepEqual((await complete({})).alerts, alertDefaults)
    assert.deepEqual(alertDefaults.policies, [ratioPolicy])
    assert.deepEqual(
      [ratioPolicy.warning, ratioPolicy.critical, ratioPolicy.forMs, ratioPolicy.keepFiringForMs],
      [1.5, 2, 10_000, MINUTE_MS],
    )
  })

  await t.test('one switch turns them all off', async () => {
    for (const off of ['off', false, { enabled: false }])
      assert.equal((await complete(off)).alerts.enabled, false)
  })

  await t.test('everything at once', async () => {
    const options: AlertsOptions = {
      policies: [
        { kind: 'ratio', for: '30s', warning: 2, critical: 3, fewestBad: 10 },
        { kind: 'ratio', name: 'cache', components: 'cache_l1', recovery: 0.8, keepFiringFor: '5min' },
        {
          kind: 'burn_rate',
          targets: ['database', 'request**'],
          pairs: [{ severity: 'CRITICAL', long: '6h', short: '30min', factor: 6 }],
        },
      ],
      grace: { afterStart: 0, afterChange: '5min' },
      successAfter: '30s',
      maintenance: [
        { name: 'backup', cron: '30 2 * * MON-FRI', duration: '1h', timeZone: 'Europe/Berlin' },
        {
          name: 'move',
          from: '2026-03-28T22:00:00Z',
          until: '2026-03-29T01:00:00+01:00',
          targets: 'database',
        },
      ],
      quietHours: [{ from: '22:00', until: '7:30', days: ['sun', 'mon'] }],
      routes: [
        { notifier: 'slack', success: 'always', repeat: 'never' },
        {
          notifier: 'pager',
          severity: 'CRITICAL',
          components: 'database',
          groupBy: 'alert',
          groupWait: '5s',
        },
      ],
    }
    const { alerts, targets } = await complete(options)
    assert.deepEqual(alerts, {
      enabled: true,
      policies: [
        { ...ratioPolicy, forMs: 30_000, warning: 2, critical: 3, fewestBad: 10 },
        {
          ...ratioPolicy,
          name: 'cache',
          match: { components: ['cache_l1'] },
          recovery: 0.8,
          keepFiringForMs: 5 * MINUTE_MS,
        },
        {
          ...burnRatePolicy,
          match: { targets: ['database', 'request**'] },
          pairs: [{ severity: 'CRITICAL', longMs: 360 * MINUTE_MS, shortMs: 30 * MINUTE_MS, factor: 6 }],
        },
      ],
      graceMs: { afterStart: 0, afterChange: 5 * MINUTE_MS, afterMaintenance: 2 * MINUTE_MS },
      successAfterMs: 30_000,
      maintenance: [
        {
          kind: 'recurring',
          name: 'backup',
          match: {},
          cron: '30 2 * * MON-FRI',
          durationMs: 60 * MINUTE_MS,
          timeZone: 'Europe/Berlin',
        },
        {
          kind: 'once',
          name: 'move',
          match: { targets: ['database'] },
          fromMs: Date.UTC(2026, 2, 28, 22),
          untilMs: Date.UTC(2026, 2, 29, 0),
        },
      ],
      quietHours: [{ fromMinute: 22 * 60, untilMinute: 7 * 60 + 30, timeZone: 'UTC', weekdays: [0, 1] }],
      routes: [
        {
          notifier: 'slack',
          match: [],
          from: 'WARNING',
          groupBy: 'component',
          groupWaitMs: 0,
          success: 'always',
        },
        {
          notifier: 'pager',
          match: [{ components: ['database'] }],
          from: 'CRITICAL',
          groupBy: 'alert',
          groupWaitMs: 5000,
          repeatMs: 240 * MINUTE_MS,
          success: 'after_alert',
        },
      ],
    })
    const watch = new AlertWatch({ service: 'shop', targets, options: alerts })
    const watching = (target: string): readonly string[] =>
      watch.watched(target).map(({ policy }) => policy.name)
    assert.deepEqual(watching('database'), ['ratio', 'burn_rate'])
    assert.deepEqual(watching('cache_l1'), ['ratio', 'cache'])
    assert.deepEqual(watching('authentication'), ['ratio'])
  })

  await t.test('all problems at once, each with what to do', async () => {
    const alerts = {
      policies: [
        { kind: 'ratio', warning: 3, critical: 2, pairs: [] },
        { kind: 'ratio' },
        { warning: 2 },
        { kind: 'ratio', name: 'nobody', targets: 'databse' },
        {
          kind: 'burn_rate',
          pairs: [
            { severity: 'critical', long: '100min', short: '5min', factor: 6 },
            { severity: 'WARNING', long: '5min', short: '1h', factor: 6 },
          ],
        },
      ],
      grace: { afterStat: '1min' },
      maintenance: [
        { name: 'a', cron: '61 2 * * *', duration: '1h', timeZone: 'Europe/Berln' },
        { name: 'a', cron: '0 2 30 2 *', duration: '1h' },
        { name: 'b', from: '2026-03-28T22:00:00', until: '2026-03-28T20:00:00Z' },
        { name: 'c', cron: '0 2 * * *' },
      ],
      quietHours: [{ from: 22 }],
      routes: [
        { severity: 'CRITICAL' },
        { notifier: 'slack', repeat: '1s' },
        { notifier: 'slack', components: [] },
      ],
    }
    await assert.rejects(complete(alerts), (error: unknown) => {
      assert.ok(error instanceof YardstickError)
      assert.equal(error.code, 'YS_CONFIG')
      const [, , ...lines] = error.message.split('\n')
      const ids =
        '"authentication", "authorization", "database", "cache_l1", "cache_l2", "cache_l3", "request"'
      assert.deepEqual(
        lines.map((line) => line.trim()),
        [
          'alerts.policies[4].pairs[0].severity: expected "WARNING" or "CRITICAL", got "critical" – write "CRITICAL"',
          'alerts.grace.afterStat: expected a known option, got "afterStat" – did you mean "afterStart"?',
          'alerts.maintenance[0].cron: expected five fields of cron that some day matches: minute, hour, day of month, month, day of week, got "61 2 * * *" – write "30 2 * * *" for every day at 02:30',
          'alerts.maintenance[0].timeZone: expected the IANA name of a time zone such as "Europe/Berlin", got "Europe/Berln" – write "UTC" or a name such as "Europe/Berlin"',
          'alerts.maintenance[1].cron: expected five fields of cron that some day matches: minute, hour, day of month, month, day of week, got "0 2 30 2 *" – write "30 2 * * *" for every day at 02:30',
          'alerts.maintenance[2].from: expected a time with its offset such as "2026-03-28T22:00:00Z", got "2026-03-28T22:00:00" – write "2026-03-28T22:00:00Z", or another offset such as +01:00',
          'alerts.quietHours[0].from: expected a time of day from "00:00" to "24:00", got 22 – write "22:00"',
          'alerts.routes[1].repeat: expected a duration from 1 min to 30 d, or "never", got "1s" – write "4h"',
          'alerts.policies[0].pairs: expected an option of a policy of kind ratio, got pairs, which is for burn_rate – remove it, or write a policy of kind: "burn_rate"',
          'alerts.policies[0]: expected warning at most critical, got warning 3, critical 2 – a worse severity begins at a higher factor',
          'alerts.policies[2].kind: expected kind, got nothing – write kind: "ratio" or "burn_rate"',
          'alerts.policies[4].pairs[0].long: expected whole minutes up to an hour, whole quarters of an hour up to a day, got 100 min – write "5min", "30min", "1h", "6h" or "1d"',
          'alerts.policies[4].pairs[1]: expected short shorter than long, got long 5 min, short 1 h – make short a twelfth of long',
          'alerts.routes[0].notifier: expected notifier, got nothing – write notifier: "slack" or another',
          'alerts.policies[1]: expected each name once, got "ratio" again, as in alerts.policies[0] – give it another name, or remove one of them',
          'alerts.maintenance[1]: expected each name once, got "a" again, as in alerts.maintenance[0] – give it another name, or remove one of them',
          'alerts.routes[2]: expected each name once, got "slack" again, as in alerts.routes[1] – give it another name, or remove one of them',
          `alerts.policies[3].targets: expected something that fits a target, got ["databse"] – targets are ${ids}`,
          `alerts.routes[2].components: expected something that fits a target, got [] – targets are ${ids}`,
          'alerts.maintenance[3]: expected cron and duration, or from and until, got cron – write cron: "30 2 * * *", duration: "1h"',
          'alerts.quietHours[0].until: expected a time of day, got nothing – write until: "07:00"',
        ],
      )
      return true
    })
  })

  await t.test('a route for a notifier that nobody configured', async () => {
    const alerts = { routes: [{ notifier: 'slak' }, { notifier: 'mail' }, { notifier: 'slack' }] }
    await assert.rejects(complete(alerts), (error: unknown) => {
      assert.ok(error instanceof YardstickError)
      const [, , ...lines] = error.message.split('\n')
      assert.deepEqual(
        lines.map((line) => line.trim()),
        [
          'alerts.routes[0].notifier: expected the name of a notifier of the configuration, got "slak" – did you mean "slack"?',
          'alerts.routes[1].notifier: expected the name of a notifier of the configuration, got "mail" – add it to notifiers (the configuration has slack, pager)',
        ],
      )
      return true
    })
  })
})
