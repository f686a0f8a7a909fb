import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AlertEvent } from '../../src/alerts/event.ts'
import { alertHistory, type NoticeOutcome } from '../../src/alerts/history.ts'
import { parseScenario } from '../../src/alerts/scenario/parse.ts'
import { runScenario } from '../../src/alerts/scenario/run.ts'

/** Fires, is acknowledged, escalates, is resolved, and fires anew; another target fires and goes on. */
function tale(): readonly AlertEvent[] {
  const { events, passed } = runScenario(
    parseScenario(`
    target orders database p95 < 25ms
    target users authentication p95 < 50ms
    load orders 1s 50x ok 10ms for 2m
    load orders 1s 50x ok 40ms for 2m
    load orders 1s 50x ok 100ms for 2m
    load orders 1s 50x ok 10ms for 6m
    load orders 1s 50x ok 100ms for 2m
    load users 1s 50x ok 90ms for 14m
    at 3m acknowledge orders by ann "on it"
    eval at 14m orders fired 2, resolved 1`),
  )
  assert.ok(passed)
  return events
}

test('alerts from their events, the one that fired last first, each with its timeline', () => {
  const events = tale()
  const [again, orders, users] = alertHistory(events)
  assert.deepEqual(
    [again, orders, users].map((each) => [each!.alert.target, each!.alert.state, each!.alert.worst]),
    [
      ['orders', 'firing', 'CRITICAL'],
      ['orders', 'resolved', 'CRITICAL'],
      ['users', 'firing', 'WARNING'],
    ],
  )
  assert.equal(orders!.alert.acknowledged?.by, 'ann')
  assert.deepEqual(
    orders!.timeline.map(({ type }) => type).filter((type) => type !== 'said'),
    ['pending', 'fired', 'acknowledged', 'escalated', 'resolved'],
  )
  const times = orders!.timeline.map(({ atMs }) => atMs)
  assert.deepEqual(
    times,
    times.toSorted((one, other) => one - other),
  )
})

test('a notice and what became of it stand in the timeline of each alert that it told of', () => {
  const events = tale()
  const said = events.filter((event) => event.type === 'said')
  assert.ok(said.length > 0)
  const outcomes = said.map(({ id, notifier, atMs }, at): NoticeOutcome => {
    const dead = { kind: 'dead', attempts: 3, why: 'answered 400' } as const
    return {
      notice: id,
      notifier,
      atMs: atMs + 1,
      result: at === 0 ? dead : { kind: 'delivered', attempts: 2 },
    }
  })
  const all = alertHistory(events, outcomes)
  for (const { alert, timeline } of all) {
    const notices = timeline.filter(({ type }) => type === 'said').length
    const ends = timeline.filter(({ type }) => type === 'delivered' || type === 'dead').length
    assert.equal(ends, notices, alert.id)
  }
  const texts = all.flatMap(({ timeline }) => timeline.map(({ text }) => text))
  assert.ok(texts.includes('slack given up after 3 attempts: answered 400'))
  assert.ok(texts.includes('slack delivered at attempt 2'))
})

test('events that come twice change nothing, and a checkpoint stands for what was before it', () => {
  const events = tale()
  const whole = alertHistory(events)
  fc.assert(
    fc.property(fc.nat({ max: events.length }), (cut) => {
      const repeated = [...events.slice(0, cut), ...events.slice(0, cut), ...events.slice(cut)]
      assert.deepEqual(alertHistory(repeated), whole)
    }),
  )
  const fired = events.findIndex((event) => event.type === 'fired' && event.target === 'users')
  const [known] = alertHistory(events.slice(0, fired + 1))
  const state = {
    ...{ alerts: [known!.alert], closing: [], missed: [], successes: [] },
    ...{ silences: [], maintenance: [], said: [] },
  }
  const checkpoint: AlertEvent = { type: 'checkpoint', id: 'c', atMs: events[fired]!.atMs, state }
  const users = alertHistory([checkpoint, ...events.slice(fired + 1)]).find(
    ({ alert }) => alert.target === 'users',
  )
  assert.deepEqual(users!.alert, whole.find(({ alert }) => alert.target === 'users')!.alert)
})
