import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCron } from '../../src/alerts/cron.ts'
import { type Maintenance, MaintenanceSchedule } from '../../src/alerts/maintenance.ts'
import { quietAt } from '../../src/alerts/quiet-hours.ts'
import { TimeZone } from '../../src/alerts/time-zone.ts'

const at = (text: string): number => Date.parse(text)
const HOUR_MS = 3_600_000

function night(cron: string, timeZone: string, durationMs = HOUR_MS): MaintenanceSchedule {
  const maintenance: Maintenance = { kind: 'recurring', name: 'night', match: {}, cron, durationMs, timeZone }
  return new MaintenanceSchedule(maintenance)
}

/** The starts after an instant, as UTC. */
function starts(cron: string, timeZone: string, from: string, count: number): readonly string[] {
  const schedule = night(cron, timeZone)
  const found: string[] = []
  let atMs = at(from)
  for (let i = 0; i < count; i++) {
    atMs = schedule.nextMs(atMs)!
    found.push(new Date(atMs).toISOString().slice(0, 16))
  }
  return found
}

test('the fields of cron', () => {
  const cron = parseCron('*/20,5 8-10 1 jan,7-8 MON')!
  assert.deepEqual(cron.minutes, [0, 5, 20, 40])
  assert.deepEqual(cron.hours, [8, 9, 10])
  assert.ok(cron.on({ month: 1, day: 1, weekday: 4 }), 'the first of a month')
  assert.ok(cron.on({ month: 7, day: 6, weekday: 1 }), 'or a Monday: either will do')
  assert.ok(!cron.on({ month: 7, day: 6, weekday: 2 }))
  assert.ok(!cron.on({ month: 2, day: 1, weekday: 1 }))
  assert.deepEqual(parseCron('5/25 * * * *')?.minutes, [5, 30, 55])
  assert.ok(parseCron('0 0 * * 7')!.on({ month: 1, day: 4, weekday: 0 }), 'Sunday is 7 too')
  assert.equal(parseCron('0 0 * * sat-sun'), undefined, 'a range goes upwards')
  assert.ok(parseCron('0 0 * * 6-7')!.on({ month: 1, day: 4, weekday: 0 }), 'also through Sunday as 7')
  assert.ok(parseCron('0 0 */2 * *')!.on({ month: 1, day: 3, weekday: 6 }))
})

test('what is no cron is refused, and so is what can never come', () => {
  for (const text of [
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '5-1 * * * *',
    '*/0 * * * *',
    'a * * * *',
    '1,,2 * * * *',
    '1- * * * *',
    '0 0 30 2 *',
    '0 0 31 4,6 *',
    '1-2-3 * * * *',
    '-1 * * * *',
  ]) {
    assert.equal(parseCron(text), undefined, text)
  }
  assert.ok(parseCron('0 0 29 2 *'))
})

test('leap days are found, years apart', () => {
  assert.deepEqual(starts('0 12 29 2 *', 'UTC', '2026-01-01T00:00:00Z', 2), [
    '2028-02-29T12:00',
    '2032-02-29T12:00',
  ])
})

test('a time that the clocks skip is so much later; one that comes twice counts once, the first time', () => {
  assert.deepEqual(starts('30 2 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z', 3), [
    '2026-03-28T01:30',
    '2026-03-29T01:30',
    '2026-03-30T00:30',
  ])
  assert.deepEqual(starts('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2), [
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ])
  assert.deepEqual(starts('30 1 * * *', 'America/New_York', '2026-10-31T12:00:00Z', 2), [
    '2026-11-01T05:30',
    '2026-11-02T06:30',
  ])
  // Lord Howe jumps by half an hour.
  assert.deepEqual(starts('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z', 2), [
    '2026-10-03T15:45',
    '2026-10-04T15:15',
  ])
  assert.deepEqual(starts('45 5 * * *', 'Asia/Kathmandu', '2026-01-01T01:00:00Z', 1), ['2026-01-02T00:00'])
})

test('an hour of maintenance is an hour, also over a change of the clocks', () => {
  const schedule = night('30 1 * * *', 'Europe/Berlin', 2 * HOUR_MS)
  assert.ok(!schedule.activeAt(at('2026-03-29T00:29:59Z')))
  assert.ok(schedule.activeAt(at('2026-03-29T00:30:00Z')))
  assert.ok(schedule.activeAt(at('2026-03-29T02:29:59Z')))
  assert.ok(!schedule.activeAt(at('2026-03-29T02:30:00Z')))
})

test('what is remembered is the answer, whatever was asked before', () => {
  for (const cron of ['*/7 * * * *', '30 2 * * *', '0 22 * * FRI', '15 1,13 1,15 * *']) {
    const remembering = night(cron, 'Europe/Berlin')
    // Ten hours round the change of the clocks, forwards and then all over.
    const asked = Array.from({ length: 90 }, (_, i) => at('2026-10-24T20:00:00Z') + i * 397_000)
    for (const atMs of [...asked, ...asked.toReversed(), ...asked.filter((_, i) => i % 3 === 0)]) {
      const fresh = night(cron, 'Europe/Berlin').last(atMs)
      assert.deepEqual(remembering.last(atMs), fresh, `${cron} at ${new Date(atMs).toISOString()}`)
      assert.ok(fresh!.fromMs <= atMs)
    }
  }
})

test('local time and instants, over a year of hours in both directions', () => {
  for (const name of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC']) {
    const zone = new TimeZone(name)
    for (let atMs = at('2026-01-01T00:00:00Z'); atMs < at('2027-01-01T00:00:00Z'); atMs += 4 * HOUR_MS) {
      const back = zone.instantMs(zone.local(atMs))
      // The second of two like hours is told as the first.
      assert.ok(back === atMs || atMs - back <= HOUR_MS, `${name} ${new Date(atMs).toISOString()}`)
    }
  }
})

test('once is once', () => {
  const fromMs = at('2026-01-01T10:00:00Z')
  const once = new MaintenanceSchedule({
    kind: 'once',
    name: 'move',
    match: {},
    fromMs,
    untilMs: fromMs + HOUR_MS,
  })
  assert.ok(!once.activeAt(fromMs - 1) && once.activeAt(fromMs) && !once.activeAt(fromMs + HOUR_MS))
  assert.equal(once.nextMs(fromMs - 1), fromMs)
  assert.equal(once.nextMs(fromMs), undefined)
})

test('quiet hours past midnight, on the days on which they begin', () => {
  const quiet = quietAt({
    fromMinute: 22 * 60,
    untilMinute: 7 * 60,
    timeZone: 'Europe/Berlin',
    weekdays: [5],
  })
  assert.ok(quiet(at('2026-01-16T21:30:00Z')), 'Friday 22:30')
  assert.ok(quiet(at('2026-01-17T05:59:00Z')), 'Saturday 6:59')
  assert.ok(!quiet(at('2026-01-17T06:00:00Z')), 'Saturday 7:00')
  assert.ok(!quiet(at('2026-01-17T21:30:00Z')), 'Saturday 22:30')
  const lunch = quietAt({ fromMinute: 12 * 60, untilMinute: 13 * 60, timeZone: 'UTC' })
  assert.ok(lunch(at('2026-01-17T12:59:00Z')) && !lunch(at('2026-01-17T13:00:00Z')))
})
