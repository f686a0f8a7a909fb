import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SteppedClock } from '../../../contracts/stepped-clock.ts'
import { starting } from '../../../src/alerts/commands.ts'
import { Unsaved } from '../../../src/engine/alerting/unsaved.ts'
import { Fleet } from '../../../src/engine/fleet/fleet.ts'
import { openStore } from '../../../src/stores/open.ts'

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
