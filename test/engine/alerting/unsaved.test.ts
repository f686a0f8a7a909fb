import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noticeOf } from '../../../contracts/notifier/notices.ts'
import { SteppedClock } from '../../../contracts/stepped-clock.ts'
import { starting } from '../../../src/alerts/commands.ts'
import {
  noticeEvent,
  noticesIn,
  OUTCOME_KIND,
  outcomeEvent,
  outcomeOf,
} from '../../../src/engine/alerting/notice-events.ts'
import { Unsaved } from '../../../src/engine/alerting/unsaved.ts'
import { Fleet } from '../../../src/engine/fleet/fleet.ts'
import { openStore } from '../../../src/stores/open.ts'
import { severable } from '../fleet/severed.ts'

const NOW_MS = Date.UTC(2026, 0, 10)
const DAY_MS = 86_400_000

interface Case {
  readonly name: string
  /** When what is saved happened, one after the other, in days from now. */
  readonly days: readonly number[]
  /** Which of it, by its place, those who restore now read of it, in this order. */
  readonly read: readonly number[]
}

const CASES: readonly Case[] = [
  { name: 'by a clock that was set back by hours since', days: [0.5, 0, 0], read: [0, 1, 2] },
  { name: 'by a clock that was set back by days since', days: [2, 0, 0], read: [1, 2] },
  { name: 'told alone by one that was cut off for days', days: [0, -2, 0], read: [0, 1, 2] },
]

for (const { name, days, read } of CASES) {
  test(`what is saved after something is read after it: ${name}`, async () => {
    const clock = new SteppedClock(NOW_MS)
    const logger = { info: () => {}, warn: () => {} }
    const store = await openStore({ kind: 'memory', options: {} }, { clock, logger, directory: '.' })
    const service = 'shop'
    const unsaved = new Unsaved({ service, store, clock, onEvent: () => {}, deliver: () => {} })
    const events = days.map((each, at) => ({ ...starting({ atMs: NOW_MS + each * DAY_MS }), id: `${at}` }))
    for (const event of events) {
      unsaved.add([event], [])
      assert.ok(await unsaved.tell(1n))
    }
    const fleet = new Fleet({ store, clock, service, instance: 'another', lookbacksMs: [] })
    const found = await fleet.news(NOW_MS)
    assert.deepEqual(
      found.map(({ id }) => id),
      read.map((at) => `alert ${at}`),
    )
  })
}

test('what became of notices is handed over once the store is back, all of it, once', async () => {
  const clock = new SteppedClock(NOW_MS)
  const logger = { info: () => {}, warn: () => {} }
  const way = severable(await openStore({ kind: 'memory', options: {} }, { clock, logger, directory: '.' }))
  const { store } = way
  const service = 'shop'
  const unsaved = new Unsaved({ service, store, clock, onEvent: () => {}, deliver: () => {} })
  const became = (id: string): void =>
    unsaved.became({
      ...{ notifier: 'ops', notice: noticeOf({ id }), atMs: clock.wallMs() },
      result: { kind: 'delivered', attempts: 1 },
    })
  became('1')
  way.broken = true
  await assert.rejects(unsaved.handOver(NOW_MS), { code: 'YS_STORE_FAILED' })
  became('2')
  way.broken = false
  const handed = unsaved.handOver(NOW_MS)
  // An attempt was under way.
  became('3')
  await handed
  await unsaved.handOver(NOW_MS)
  await unsaved.handOver(NOW_MS)
  const found: string[] = []
  const span = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
  for await (const event of store.events(service, span, { kinds: [OUTCOME_KIND] }))
    found.push(outcomeOf(event)!.notice)
  assert.deepEqual(found, ['1', '2', '3'])
})

test('what became of a notice is stored as of when it is handed over, and says when it was', () => {
  const outcome = {
    ...{ notifier: 'ops', notice: noticeOf({ id: '1', atMs: NOW_MS }), atMs: NOW_MS },
    result: { kind: 'delivered', attempts: 1 },
  } as const
  const handed = outcomeEvent(outcome, NOW_MS + 300_000)
  assert.equal(handed.atMs, NOW_MS + 300_000)
  assert.equal(outcomeOf(handed)!.atMs, NOW_MS)
  assert.equal(handed.id, outcomeEvent(outcome).id, 'once, however often it is handed over')
})

test('of two instances that end a notice in the same millisecond, the one that delivered it counts', () => {
  const notice = noticeOf({ id: '1' })
  const [dead, delivered] = (
    [
      { kind: 'dead', attempts: 1, why: 'it refuses everything' },
      { kind: 'delivered', attempts: 2 },
    ] as const
  ).map((result) => outcomeEvent({ notifier: 'ops', notice, atMs: NOW_MS, result }))
  assert.notEqual(dead!.id, delivered!.id, 'a store keeps the first of an id')
  const due = noticeEvent({ notifier: 'ops', notice })
  assert.deepEqual(noticesIn([due, dead!, delivered!]), { open: [], dead: [] })
  assert.deepEqual(noticesIn([due, delivered!, dead!]), { open: [], dead: [] })
})
