import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readingsFromCsv } from '../../src/alerts/csv.ts'
import { alertDefaults, defaultRoute } from '../../src/alerts/options.ts'
import { simulate } from '../../src/alerts/replay.ts'
import { parseScenario } from '../../src/alerts/scenario/parse.ts'
import { runScenario } from '../../src/alerts/scenario/run.ts'
import { alertSummary } from '../../src/alerts/summary.ts'
import { YardstickError } from '../../src/ground/errors.ts'
import { database, START_MS } from './verdicts.ts'

test('resolution times, MTTA, MTTR and flaps, over all and by target', () => {
  const tale = `
    target orders database p95 < 25ms
    target users authentication p95 < 50ms
    repeat 2x
    load orders 1s 50x ok 10ms for 2m
    load orders 1s 50x ok 100ms for 2m
    load orders 1s 50x ok 10ms for 6m
    end
    load users 1s 50x ok 90ms for 20m
    at 3m acknowledge orders by ann "on it"
    eval at 20m orders fired 2, resolved 2`
  const { events, passed } = runScenario(parseScenario(tale))
  assert.ok(passed)
  const start = Date.UTC(2026, 0, 1)
  const summary = alertSummary(events, { fromMs: start, toMs: start + 1_200_000 })
  const fired = events.filter(({ type }) => type === 'fired').map(({ atMs }) => atMs)
  const resolved = events.filter(({ type }) => type === 'resolved').map(({ atMs }) => atMs)
  const [orders, again] = fired.filter((atMs) => atMs > start + 60_000) as [number, number]
  const users = Math.min(...fired)
  const lastedMs = [resolved[0]! - orders, resolved[1]! - again] as const
  const mttrMs = (lastedMs[0] + lastedMs[1]) / 2
  const mttaMs = start + 180_000 - orders
  assert.deepEqual(summary, {
    fromMs: start,
    toMs: start + 1_200_000,
    fired: 3,
    resolved: 2,
    open: 1,
    flaps: 1,
    mttaMs,
    mttrMs,
    targets: [
      {
        target: 'users',
        fired: 1,
        resolved: 0,
        open: 1,
        worst: 'WARNING',
        firingMs: start + 1_200_000 - users,
        flaps: 0,
      },
      {
        target: 'orders',
        fired: 2,
        resolved: 2,
        open: 0,
        worst: 'CRITICAL',
        firingMs: 2 * mttrMs,
        mttaMs,
        mttrMs,
        longestMs: Math.max(...lastedMs),
        flaps: 1,
      },
    ],
  })
  assert.equal(alertSummary(events, { fromMs: start, toMs: start }).fired, 0)
})

test('a CSV of operations is run through the rules', () => {
  const rows = ['count,time,component,duration_ms,outcome,series']
  for (let second = 0; second < 120; second++) {
    const time = new Date(START_MS + second * 1000).toISOString()
    rows.push(`20,${time},database,${second < 60 ? 10 : 70},ok,"orders, ""all"""`)
  }
  const readings = readingsFromCsv(rows.join('\r\n'), [database])
  assert.equal(readings.length, 120)
  assert.equal(readings[0]!.slices[0]!.name, 'orders, "all"')
  const options = { ...alertDefaults, routes: [defaultRoute('slack')] }
  const { notices } = simulate({ targets: [database], options, readings })
  assert.deepEqual(
    notices.map(({ notice }) => [(notice.atMs - START_MS) / 1000, notice.reason, notice.severity]),
    [[73, 'fired', 'CRITICAL']],
  )
})

test('a first cell that is empty is one', () => {
  const text = 'series,outcome,time,component,duration_ms\n,,1000,database,5\n"",failed,1000,database,7'
  const slices = readingsFromCsv(text, [database]).flatMap((reading) => reading.slices)
  assert.deepEqual(
    slices.map(({ name, counts: { ok, failed } }) => [name, ok, failed]),
    [['all', 1, 1]],
  )
})

test('what cannot be read is told with its line', () => {
  const refused = (read: () => unknown): string => {
    try {
      read()
    } catch (error) {
      assert.ok(error instanceof YardstickError && error.code === 'YS_SCENARIO')
      return error.message
    }
    throw new assert.AssertionError({ message: 'it was read' })
  }
  const csv = (text: string) => refused(() => readingsFromCsv(text, [database]))
  assert.equal(
    csv('time,series'),
    'line 1: expected the columns time, component, duration_ms and perhaps series, outcome, count; component, duration_ms missing, got "time,series"',
  )
  assert.equal(
    csv('time,component,duration_ms\n1,database,fast'),
    'line 2: expected a duration in ms, got "fast"',
  )
  assert.equal(
    csv('time,component,duration_ms\n1,database,Infinity'),
    'line 2: expected a duration in ms, got "Infinity"',
  )
  assert.equal(
    csv('time,component,duration_ms,outcome\n1,database,2,maybe'),
    'line 2: expected an outcome, one of ok, failed, hit, miss, got "maybe"',
  )
  assert.equal(
    csv('time,component,duration_ms,count\nxx,,abc,0.5'),
    'line 2: expected a time such as 2026-01-15T10:00:00Z or ms since 1970, got "xx"; expected a component, got ""; ' +
      'expected a duration in ms, got "abc"; expected a whole number of operations, got "0.5"',
  )
  const scenario = (text: string) => refused(() => parseScenario(text))
  const target = 'target orders database p95 < 25ms\n'
  assert.equal(
    scenario('lod 1s'),
    'line 1: expected start, target, policy, route, grace, maintenance, quiet, load, at, eval, got "lod" in: lod 1s',
  )
  assert.equal(
    scenario(`${target}load 1s 50 ok 10ms for 1m`),
    'line 2: expected how many, such as 50x, got "50" in: load 1s 50 ok 10ms for 1m',
  )
  assert.equal(
    scenario(`${target}eval at 2m users met`),
    'line 2: expected orders, got "users" in: eval at 2m users met',
  )
  assert.equal(
    scenario(`${target}eval at 2x orders met`),
    'line 2: expected a time such as 10s or 2m20s, got "2x" in: eval at 2x orders met',
  )
  assert.equal(
    scenario(`${target}repeat 2x\nload nothing for 1m`),
    'line 3: expected "end" of what is repeated, got the end of the line in: ',
  )
  assert.equal(
    scenario(`${target}maintenance a "0 0 * *" for 1h`),
    'line 2: expected five fields of cron instead of "0 0 * *", got "for" in: maintenance a "0 0 * *" for 1h',
  )
})

test('a check that does not hold says what was so instead', () => {
  const result = runScenario(
    parseScenario(
      'target orders database p95 < 25ms\nload 1s 50x ok 10ms for 1m\neval at 1m orders missed, alert firing, notice slack "fired", fired 1',
    ),
  )
  assert.equal(result.passed, false)
  assert.match(result.checks[0]!.got!, /^met: p95 10 ms, .*; alert quiet; notices: none; fired 0$/)
})
