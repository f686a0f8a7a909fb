import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { Book } from '../../src/alerts/book.ts'
import type { AlertEvent } from '../../src/alerts/event.ts'
import { eventText } from '../../src/alerts/event-text.ts'
import { alertHistory } from '../../src/alerts/history.ts'
import { parseScenario } from '../../src/alerts/scenario/parse.ts'
import { runScenario } from '../../src/alerts/scenario/run.ts'
import { storedEvent } from '../../src/alerts/stored-event.ts'
import { storedNotice } from '../../src/alerts/stored-notice.ts'
import { alertSummary } from '../../src/alerts/summary.ts'

const FOLDER = 'test/scenarios'
const runs = readdirSync(FOLDER).map((file) =>
  runScenario(parseScenario(readFileSync(`${FOLDER}/${file}`, 'utf8'))),
)
const events = runs.flatMap((run) => run.events)

function again<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

/** A checkpoint of all that a run did. */
function checkpointOf(of: readonly AlertEvent[]): AlertEvent {
  const book = new Book()
  for (const event of of) book.apply(event)
  return { id: 'checkpoint', atMs: of.at(-1)!.atMs, type: 'checkpoint', state: book.state() }
}

const checkpoints = runs.filter((run) => run.events.length > 0).map((run) => checkpointOf(run.events))

test('whatever alerts do is read back as it was', () => {
  assert.ok(events.length > 100)
  assert.equal(new Set(events.map(({ type }) => type)).size > 12, true)
  for (const event of again([...events, ...checkpoints])) assert.equal(storedEvent(event), event)
  const notices = again(runs.flatMap((run) => run.notices.map(({ notice }) => notice)))
  assert.ok(notices.length > 20)
  for (const notice of notices) assert.equal(storedNotice(notice), notice)
})

test('what is no event is none', () => {
  for (const data of [
    null,
    5,
    'fired',
    [],
    {},
    { id: 'x', atMs: 1 },
    { id: 'x', atMs: 1e300, type: 'started' },
  ])
    assert.equal(storedEvent(data), undefined)
  for (const type of ['__proto__', 'constructor', 'fired', 'silenced', 'checkpoint', 'of a later version'])
    assert.equal(storedEvent({ id: 'x', atMs: 1, type }), undefined, type)
  const cron = { kind: 'recurring', name: 'x', match: {}, cron: 'never', durationMs: 1, timeZone: 'UTC' }
  const added = { id: 'x', atMs: 1, type: 'maintenance_added', by: 'y', maintenance: cron }
  assert.equal(storedEvent(added), undefined)
  assert.equal(
    storedEvent({ ...added, maintenance: { ...cron, cron: '0 2 * * *' } })?.type,
    'maintenance_added',
  )
})

/** Puts `value` in some place of a piece of plain data. */
function spoilt(data: unknown, steps: readonly number[], value: unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined || typeof data !== 'object' || data === null) return value
  const names = Object.keys(data)
  if (names.length === 0) return value
  const name = names[step % names.length]!
  const copy = (Array.isArray(data) ? [...data] : { ...data }) as Record<string, unknown>
  copy[name] = spoilt(copy[name], rest, value)
  return copy
}

test('law: an event that was damaged anywhere is passed over, or hurts nobody who reads it', () => {
  const any = fc.oneof(fc.jsonValue(), fc.constantFrom(1e300, -1, '', {}, [], [null], null))
  const steps = fc.array(fc.nat(50), { minLength: 1, maxLength: 6 })
  const whole = fc.constantFrom(...again([...events, ...checkpoints, ...checkpoints]))
  fc.assert(
    fc.property(whole, steps, any, (event, place, value) => {
      const read = storedEvent(spoilt(event, place, value))
      if (read === undefined) return
      const book = new Book()
      book.apply(read)
      JSON.stringify(book.state())
      for (const alert of book.firing) new Date(alert.firedMs).toISOString()
      alertHistory([read])
      eventText(read)
      alertSummary([read], { fromMs: 0, toMs: 1e12 })
    }),
    { numRuns: 3_000 },
  )
})
