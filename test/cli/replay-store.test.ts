import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SteppedClock } from '../../contracts/stepped-clock.ts'
import { batchOf, eventOf } from '../../contracts/store/figures.ts'
import { silencing } from '../../src/alerts/commands.ts'
import { ALERT_EVENT_KIND, type AlertEvent, type TransitionEvent } from '../../src/alerts/event.ts'
import { countsOf } from '../../src/alerts/operations.ts'
import type { Store, StoredEvent } from '../../src/engine/store.ts'
import { open } from '../../src/stores/open.ts'
import { FleetUnderTest } from '../engine/fleet/fleet-under-test.ts'
import { noPostgres, PostgresServer } from '../servers/postgres.ts'
import { ending } from './ending.ts'
import { MAIN } from './fixture/main.ts'
import { golden } from './golden.ts'

const logger = { info: () => {}, warn: (text: string) => assert.fail(text) }
const START_MS = Date.UTC(2026, 0, 14, 6)
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

interface Told {
  readonly stored: readonly { readonly tierMs?: number; readonly fromMs: number; readonly toMs: number }[]
  readonly events: readonly AlertEvent[]
  readonly notices: readonly unknown[]
  readonly would: { readonly fired: number }
  readonly did: { readonly fired: number }
}

/** A folder of a project called shop, where the command is given. */
function project(t: TestContext, config: object = {}): (...words: string[]) => Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-replay-'))
  t.after(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'package.json'), '{ "name": "shop" }')
  writeFileSync(join(directory, 'yardstick.config.json'), JSON.stringify(config))
  return async (...words) => {
    const { code, stdout, stderr } = await ending([MAIN, 'replay', ...words], { cwd: directory })
    assert.equal(code, 0, stderr)
    return stdout
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()

const transitions = (events: readonly AlertEvent[]): readonly unknown[] =>
  events
    .filter((event): event is TransitionEvent => 'alert' in event && event.type !== 'acknowledged')
    .map(({ type, id, atMs, alert }) => [type, id, atMs, alert])

test('what a service saved second by second is replayed as it was: the same alerts, at the same instants', async (t) => {
  const fleet = new FleetUnderTest(t)
  const fromMs = fleet.clock.wallMs()
  const { engine, ledger } = await fleet.join('a')
  const work = async (seconds: number, durationMs: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      for (let i = 0; i < 20; i++) ledger.operation('database', 'orders').record(durationMs, false)
      await fleet.seconds(1)
    }
  }
  await work(150, 10)
  await work(60, 62.5)
  await work(180, 10)
  await engine.leave()
  const toMs = fleet.clock.wallMs()
  const lived = transitions(await engine.alerts.events({ fromMs, toMs }))
  assert.ok(lived.length > 3, String(lived))

  const replay = project(t)
  const span = ['--store', fleet.file, '--since', iso(fromMs), '--until', iso(toMs)]
  const told = JSON.parse(await replay(...span, '--json')) as Told
  assert.deepEqual(transitions(told.events), lived)
  assert.deepEqual([told.would.fired, told.did.fired, told.stored.length], [1, 1, 1])
  assert.equal(told.stored[0]!.tierMs, 1000)

  const patient = project(t, { alerts: { policies: [{ kind: 'ratio', for: '5min' }] } })
  assert.match(await patient(...span), /\n0 would have fired, 1 did; 0 notices would have been sent\n$/)
})

/** Until when it saves how often. */
type Saves = readonly (readonly [untilMs: number, stepMs: number])[]

const OFTEN: Saves = [
  [25 * HOUR_MS, MINUTE_MS],
  [28 * HOUR_MS, 5_000],
]
/** Where nothing happens, rarely: a save costs a database several round trips. */
const RARELY: Saves = [
  [19.75 * HOUR_MS, 5 * MINUTE_MS],
  [20.25 * HOUR_MS, MINUTE_MS],
  [27.25 * HOUR_MS, 5 * MINUTE_MS],
  [27.75 * HOUR_MS, 5_000],
  [28 * HOUR_MS, MINUTE_MS],
]

/**
 * A bit more than a day of a shop: an outage of 40 min in what is kept as quarters, of 5 min in minutes and in five
 * seconds, one of the last two silenced.
 */
async function fill(store: Store, clock: SteppedClock, saves: Saves): Promise<void> {
  let flush = 0
  const outages = [
    [2 * HOUR_MS, 40 * MINUTE_MS],
    [20 * HOUR_MS, 5 * MINUTE_MS],
    [27.5 * HOUR_MS, 5 * MINUTE_MS],
  ] as const
  const live = async (untilMs: number, stepMs: number): Promise<void> => {
    for (; clock.wallMs() < untilMs; ) {
      const fromMs = clock.wallMs()
      clock.step(stepMs)
      const toMs = clock.wallMs()
      const out = outages.some(([atMs, ms]) => toMs > START_MS + atMs && toMs <= START_MS + atMs + ms)
      const counts = countsOf([{ count: stepMs / 100, outcome: 'ok', durationMs: out ? 80 : 10 }], [25])
      const slices = [{ component: 'database', name: 'orders', nested: false, counts }]
      await store.save({ ...batchOf(toMs, { fromMs, flush: ++flush, slices, events: [] }), service: 'shop' })
    }
  }
  for (const [untilMs, stepMs] of saves) await live(START_MS + untilMs, stepMs)
  const silence = silencing({
    ...{ atMs: START_MS + 27 * HOUR_MS, by: 'ann', comment: 'disk is being replaced', match: {} },
    untilMs: START_MS + 28 * HOUR_MS,
  })
  // An hour of nothing.
  clock.step(HOUR_MS)
  await live(START_MS + 29 * HOUR_MS + MINUTE_MS, 5_000)
  const stored: StoredEvent = { id: silence.id, atMs: silence.atMs, kind: ALERT_EVENT_KIND, data: silence }
  await store.append('shop', [stored, eventOf(START_MS + HOUR_MS, { overall: 3 }, { kind: 'grade' })])
}

const SPAN = ['--since', iso(START_MS), '--until', iso(START_MS + 29 * HOUR_MS + MINUTE_MS)] as const

test('coarser tiers: each is named, with what it means', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-replay-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'shop.db')
  const clock = new SteppedClock(START_MS)
  const store = await open({ kind: 'sqlite', options: { path } }, { clock, logger, directory })
  await fill(store, clock, OFTEN)
  await store.close()
  const replay = project(t, { notifiers: { ops: { kind: 'webhook', url: 'https://ops.example' } } })
  golden('replay/history.txt', await replay('--store', path, ...SPAN))
  const last = ['--store', path, '--since', iso(START_MS + 26 * HOUR_MS), SPAN[2]!, SPAN[3]!]
  const { stored } = JSON.parse(await replay(...last, '--json')) as Told
  assert.deepEqual(
    stored.map(({ tierMs }) => tierMs),
    [60_000, 5_000, undefined, 5_000],
  )
})

test('PostgreSQL says what SQLite says', { skip: noPostgres }, async (t) => {
  const server = await PostgresServer.start()
  t.after(() => server.remove())
  const clock = new SteppedClock(START_MS)
  const spec = { kind: 'postgres', options: { url: server.url } } as const
  const store = await open(spec, { clock, logger, directory: tmpdir() })
  await fill(store, clock, RARELY)
  await store.close()
  const replay = project(t)
  const text = await replay('--store', server.url, ...SPAN)
  assert.match(text, /^2026-01-14T08:[0-9:.]*Z {2}database fired CRITICAL \(ratio\)/m)
  assert.match(text, /\n3 would have fired, 0 did; /)
})

test('what is not there, or asks for nothing, is said', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-replay-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'shop.db')
  const clock = new SteppedClock(START_MS)
  const store = await open({ kind: 'sqlite', options: { path } }, { clock, logger, directory })
  await store.save({ ...batchOf(START_MS), service: 'orders' })
  await store.close()
  const refused = async (words: readonly string[], expected: RegExp): Promise<void> => {
    const { code, stderr } = await ending([MAIN, 'replay', ...words], { cwd: directory })
    assert.equal(code, 2)
    assert.match(stderr, expected)
  }
  await refused([], /expected a \.scenario or \.csv file, or --store, got neither/)
  await refused(['a.csv', '--since', '1h'], /expected a \.scenario or \.csv file, or --store, got a\.csv and/)
  await refused(['--store', 'no.db', '--service', 'x'], /no\.db is not there/)
  await refused(
    ['--store', path, '--service', 'shop'],
    /expected a service that the store holds, got "shop": it holds orders/,
  )
  await refused(['--store', path, '--since', 'yesterday'], /Expected a duration such as "24h" or a time/)
  await refused(
    ['--store', path, '--service', 'orders', '--since', '1h', '--until', '2h'],
    /expected --since before --until/,
  )
})
