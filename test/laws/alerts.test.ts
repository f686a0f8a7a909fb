import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { acknowledging, changing, silencing } from '../../src/alerts/commands.ts'
import type { Due } from '../../src/alerts/due.ts'
import type { AlertEvent } from '../../src/alerts/event.ts'
import { alertDefaults, defaultRoute, ratioPolicy } from '../../src/alerts/options.ts'
import { AlertWatch } from '../../src/alerts/watch.ts'
import { authentication, database, SECOND_MS, START_MS, verdictOf } from '../alerts/verdicts.ts'

// Short holds, so that short tales go through every state.
const policies = [
  { ...ratioPolicy, forMs: 3000, keepFiringForMs: 5000, withdrawAfterMs: 6000, staleAfterMs: 8000 },
  {
    ...ratioPolicy,
    name: 'strict',
    warning: 1.2,
    critical: 3,
    forMs: 0,
    keepFiringForMs: 4000,
    staleAfterMs: 9000,
  },
]
const options = {
  ...alertDefaults,
  policies,
  successAfterMs: 3000,
  graceMs: { afterStart: 4000, afterChange: 4000, afterMaintenance: 0 },
  routes: [
    { ...defaultRoute('all'), repeatMs: 20_000 },
    { ...defaultRoute('pager'), from: 'CRITICAL', groupBy: 'alert', groupWaitMs: 2000 },
    { ...defaultRoute('verbose'), groupBy: 'service', success: 'always' },
  ],
} as const
const targets = [database, authentication]

const ratio = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0.5, 0.99, 1, 1.2, 1.34, 1.35, 1.5, 1.7, 1.79, 1.8, 2, 2.5, 3) },
  { weight: 1, arbitrary: fc.constant('unknown' as const) },
)
// Spells of the same, as traffic is; single seconds would never hold for anything.
const spell = fc.record({ ratio, other: ratio, seconds: fc.integer({ min: 1, max: 12 }), few: fc.boolean() })
const command = fc.record({
  second: fc.nat(120),
  kind: fc.constantFrom('acknowledge', 'silence', 'change', 'resolve', 'checkpoint'),
})
const tale = fc.record({
  spells: fc.array(spell, { minLength: 3, maxLength: 20 }),
  commands: fc.array(command, { maxLength: 4 }),
})
type Tale = typeof tale extends fc.Arbitrary<infer T> ? T : never

interface Told {
  readonly events: readonly AlertEvent[]
  readonly dues: readonly Due[]
  readonly watch: AlertWatch
}

/** Lives through a tale; `restarts` are seconds after which a successor takes over from the stored events. */
function lived({ spells, commands }: Tale, restarts: ReadonlySet<number> = new Set()): Told {
  let watch = new AlertWatch({ service: 'shop', targets, options })
  const events: AlertEvent[] = []
  const dues: Due[] = []
  const keep = (event: AlertEvent): void => {
    events.push(event)
    watch.book.apply(event)
  }
  let second = 0
  for (const { ratio: one, other, seconds, few } of spells) {
    for (let i = 0; i < seconds; i++) {
      second++
      const atMs = START_MS + second * SECOND_MS
      for (const { kind } of commands.filter((each) => each.second === second)) {
        if (kind === 'change') keep(changing({ atMs, name: 'v2' }))
        if (kind === 'silence') {
          const match = { components: ['database'] }
          keep(silencing({ atMs, by: 'ann', comment: '', match, untilMs: atMs + 9000 }))
        }
        for (const { id: alert } of watch.book.firing) {
          if (kind === 'acknowledge') keep(acknowledging({ atMs, by: 'ann', alert, comment: '' }))
          const resolving = watch.resolving({ alert, by: 'ann', atMs })
          if (kind === 'resolve' && resolving !== undefined) keep(resolving)
        }
        if (kind === 'checkpoint') keep(watch.checkpoint(atMs))
      }
      const verdicts = [
        verdictOf(database, one, few && one !== 'unknown' ? { bad: 4 } : {}),
        verdictOf(authentication, other),
      ]
      events.push(...watch.step({ atMs, verdicts }))
      for (const each of watch.due({ atMs })) {
        dues.push(each)
        keep(each.said)
      }
      if (!restarts.has(second)) continue
      watch = new AlertWatch({ service: 'shop', targets, options })
      for (const event of JSON.parse(JSON.stringify(events)) as readonly AlertEvent[]) watch.book.apply(event)
    }
  }
  return { events, dues, watch }
}

test('fold(events) = state, also from a checkpoint in the middle', () => {
  fc.assert(
    fc.property(tale, (each) => {
      const { events, watch } = lived(each)
      const again = new AlertWatch({ service: 'shop', targets, options })
      for (const event of JSON.parse(JSON.stringify(events)) as readonly AlertEvent[]) again.book.apply(event)
      assert.deepEqual(again.book.state(), watch.book.state())
      const last = events.findLastIndex(({ type }) => type === 'checkpoint')
      if (last === -1) return
      const short = new AlertWatch({ service: 'shop', targets, options })
      for (const event of events.slice(last)) short.book.apply(event)
      assert.deepEqual(short.book.state(), watch.book.state())
    }),
    { numRuns: 300 },
  )
})

test('a restart at any instants changes nothing of what happens and is told afterwards', () => {
  fc.assert(
    fc.property(
      tale,
      fc.uniqueArray(fc.integer({ min: 1, max: 150 }), { maxLength: 8 }),
      (each, restarts) => {
        const undisturbed = lived(each)
        const restarted = lived(each, new Set(restarts))
        assert.deepEqual(restarted.events, undisturbed.events)
        assert.deepEqual(restarted.dues, undisturbed.dues)
      },
    ),
    { numRuns: 300 },
  )
})

test('events that are stored twice count once', () => {
  fc.assert(
    fc.property(tale, (each) => {
      const { events, watch } = lived(each)
      const again = new AlertWatch({ service: 'shop', targets, options })
      for (const event of events) {
        again.book.apply(event)
        again.book.apply(event)
      }
      assert.deepEqual(again.book.state(), watch.book.state())
    }),
    { numRuns: 200 },
  )
})

test('no alert fires without its hold, one at a time is open, each that fired is resolved or open still', () => {
  let fired = 0
  let resolved = 0
  fc.assert(
    fc.property(tale, (each) => {
      const { events, watch } = lived(each)
      const open = new Map<string, { readonly alert: string; readonly sinceMs: number; fired: boolean }>()
      const graced = events.flatMap((event) => (event.type === 'changed' ? [event.atMs] : []))
      for (const event of events) {
        if (!('alert' in event) || !('policy' in event)) continue
        const key = `${event.target}/${event.policy}`
        const policy = policies.find(({ name }) => name === event.policy)!
        const current = open.get(key)
        if (event.type === 'pending') {
          assert.equal(current, undefined, 'another alert of this target and policy is open')
          open.set(key, { alert: event.alert, sinceMs: event.atMs, fired: false })
          continue
        }
        assert.equal(current?.alert, event.alert, `${event.type} of an alert that is not open`)
        if (event.type === 'fired') {
          fired++
          assert.equal(current!.fired, false)
          assert.ok(event.atMs - current!.sinceMs >= policy.forMs, 'fired before its hold was over')
          assert.ok(!graced.some((ms) => event.atMs >= ms && event.atMs < ms + 4000), 'fired within a grace')
          assert.ok(event.evidence.bad >= policy.fewestBad && event.evidence.n >= policy.fewestOperations)
          assert.ok(event.evidence.ratio >= policy.warning)
          current!.fired = true
        }
        if (event.type === 'withdrawn') assert.equal(current!.fired, false)
        if (event.type === 'resolved') {
          assert.equal(current!.fired, true)
          resolved++
        }
        if (event.type === 'withdrawn' || event.type === 'resolved') open.delete(key)
      }
      const stillOpen = [...open.values()].map(({ alert }) => alert).sort()
      assert.deepEqual(watch.book.open.map(({ id }) => id).sort(), stillOpen)
    }),
    { numRuns: 500 },
  )
  assert.ok(fired > 100 && resolved > 50, `the tales are too quiet: ${fired} fired, ${resolved} resolved`)
})

test('every notice has an id of its own, and each transition is told once to who hears of everything', () => {
  let told = 0
  fc.assert(
    fc.property(tale, (each) => {
      const { events, dues } = lived(each)
      const ids = dues.map(({ notice }) => notice.id)
      assert.equal(new Set(ids).size, ids.length, 'two notices have one id')
      for (const { notice } of dues) assert.ok(notice.alerts.length > 0 && notice.summary !== '')

      for (const notifier of ['all', 'pager', 'verbose'] as const) {
        const heard = new Map<string, string>()
        for (const due of dues.filter((one) => one.notifier === notifier)) {
          for (const { alert, severity, resolved, stale } of due.said.alerts) {
            const before = heard.get(alert)
            const now = resolved ? 'resolved' : `${severity} ${stale}`
            if (before === undefined) assert.notEqual(now, 'resolved', 'the end of what it never heard of')
            assert.notEqual(before, 'resolved', 'a word after the end')
            heard.set(alert, now)
          }
        }
        if (notifier !== 'all' || each.commands.some(({ kind }) => kind === 'silence')) continue
        // Nothing is kept back from it: all that fired is told, all that is resolved is told to be so.
        const fired = events.flatMap((event) => (event.type === 'fired' ? [event.alert] : []))
        const ended = events.flatMap((event) => (event.type === 'resolved' ? [event.alert] : []))
        told += fired.length
        assert.deepEqual([...heard.keys()].sort(), fired.sort())
        for (const alert of ended) assert.equal(heard.get(alert), 'resolved')
      }
    }),
    { numRuns: 500 },
  )
  assert.ok(told > 100)
})
