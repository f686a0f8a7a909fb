import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { readAlert } from '../../src/cli/card/alert-reader.ts'
import { alertLines, alertPieces } from '../../src/cli/card/alerts.ts'
import { columns, wrapped } from '../../src/cli/card/columns.ts'
import { Json } from '../../src/cli/card/json.ts'
import { readCard } from '../../src/cli/card/reader.ts'
import { runtimeLines } from '../../src/cli/card/runtime.ts'
import { type CardOptions, renderCard } from '../../src/cli/card.ts'
import { AT_MS, busy, quiet } from './answers.ts'
import { golden } from './golden.ts'

const PLAIN: CardOptions = { width: 130, color: false, nowMs: AT_MS + 400 }

const CARDS: Readonly<Record<string, readonly [answers: typeof busy, options: Partial<CardOptions>]>> = {
  'wide.txt': [busy, { width: 160 }],
  'usual.txt': [busy, { width: 100 }],
  'narrow.txt': [busy, { width: 60 }],
  'phone.txt': [busy, { width: 40 }],
  'phone-low.txt': [busy, { width: 40, height: 24 }],
  'low.txt': [busy, { width: 100, height: 24 }],
  'color.ansi.txt': [busy, { width: 120, color: true }],
  'quiet.txt': [quiet, { width: 80 }],
  'stale.txt': [quiet, { width: 80, nowMs: AT_MS + 95_000 }],
}

for (const [name, [answers, options]] of Object.entries(CARDS)) {
  test(`the card ${name}`, () =>
    golden(`card/${name}`, renderCard(readCard(answers), { ...PLAIN, ...options })))
}

test('no line is wider than the terminal, and no card higher, at any size from 30 columns', () => {
  for (let width = 30; width <= 200; width++) {
    for (const height of [Infinity, 24]) {
      const lines = renderCard(readCard(busy), { ...PLAIN, width, height, color: true }).split('\n')
      const widest = Math.max(...lines.map((line) => columns(stripVTControlCharacters(line))))
      assert.ok(widest <= width, `${widest} columns at ${width}`)
      assert.ok(lines.length - 1 <= height)
    }
  }
})

test('colours change nothing but the colour', () => {
  const card = readCard(busy)
  assert.equal(stripVTControlCharacters(renderCard(card, { ...PLAIN, color: true })), renderCard(card, PLAIN))
})

test('an alert by burn rate says so', () => {
  const burn = { long: 7.5, short: 9.996, factor: 6, capped: false }
  const read = readAlert(
    new Json({ target: 'orders', kind: 'burn_rate', duration_ms: 5_000, evidence: { burn } }),
  )
  assert.deepEqual(alertPieces(read), ['orders (burn rate)', 'burns its budget 7.5 × too fast', '5 s'])
})

test('an alert that is over is shown as bad as it was', () => {
  const severities = { severity: 'WARNING', worst_severity: 'CRITICAL' }
  const shown = ['active', 'resolved'].map(
    (status) => readAlert(new Json({ status, ...severities })).severity,
  )
  assert.deepEqual(shown, ['WARNING', 'CRITICAL'])
})

test('an alert of failures tells what was good, not a percentile within its limit', () => {
  const evidence = { percentile: 0.95, value: 82.4, limit: 100, ratio: 3.63, n: 446, bad: 84, failed: 81 }
  const read = readAlert(new Json({ target: 'request', kind: 'ratio', duration_ms: 2_000, evidence }))
  assert.deepEqual(alertPieces(read), [
    'request',
    'only 81.1 % ok and under 100 ms, 95 % needed, 81 failed, 3.63 × the failures it allows',
    '2 s',
  ])
})

test('an alert is told whole however narrow the terminal is', () => {
  const evidence = {
    percentile: 0.95,
    value: 182.4,
    limit: 100,
    ratio: 1.82,
    n: 2_446,
    bad: 384,
    failed: 381,
  }
  const all = [evidence, { ...evidence, ratio: 3.11 }]
  for (const each of all) {
    const target = 'request GET /users/:id/orders'
    const alert = readAlert(new Json({ target, severity: 'CRITICAL', duration_ms: 2_000, evidence: each }))
    for (const width of [40, 60, 80]) {
      const lines = alertLines([alert], 1, { width, color: false })
      assert.ok(lines.every((line) => columns(line) <= width))
      const told = lines.map((line) => line.trim()).join(' ')
      const whole = `CRITICAL  ${alertPieces(alert).join(' · ')}`
      assert.equal(told.replaceAll(' ·', ''), whole.replaceAll(' ·', ''))
    }
  }
})

test('no line breaks within a figure', () => {
  assert.deepEqual(wrapped('only 81.2 % of 2 544 operations', 15), ['only 81.2 % of', '2 544', 'operations'])
  assert.deepEqual(wrapped('under 100 ms, 95 % needed', 12), ['under', '100 ms, 95 %', 'needed'])
})

test('in 80 columns names stay readable: columns that are empty go first, then the last ones', () => {
  const name = 'GET /users/:id/orders'
  const figures = { n: 40_000, sumMs: 402_000, ratePerSecond: 667, errorRate: 0.0001, hitRate: null }
  const times = { p50Ms: 12.1, p95Ms: 120, p99Ms: 190 }
  const card = readCard(busy)
  const series = [{ ...figures, ...times, name, nested: false }]
  const components = [{ ...figures, ...times, component: 'request', series, breakdown: null }]
  const text = (width: number): string => renderCard({ ...card, components }, { ...PLAIN, width })
  assert.match(text(80), /SERIES +P95 +N +RATE +ERRORS +P50\n.* request {2}GET \/users\/:id\/orders /)
  assert.doesNotMatch(text(200), /ERRORS +HITS +P50/)
})

test('a request that is a login stands once among what took most time; a login of its own, and what is folded, stay', () => {
  const component = (...names: readonly string[]): object => {
    return { n: 1, series: names.map((name) => ({ name, n: 1, sum_ms: 20 })) }
  }
  const metrics = {
    metrics_by_type: {
      authentication: component('POST /login', 'verify', '(other)'),
      request: component('POST /login', '(other)'),
    },
  }
  const [, list] = renderCard(readCard({ metrics, compliance: {} }), PLAIN).split('MOST TIME\n')
  assert.deepEqual(list!.match(/(?:authentication|request) {2}\S+( \S+)?(?= {2})/g), [
    'authentication  verify',
    'authentication  (other)',
    'request  POST /login',
    'request  (other)',
  ])
})

test('a part of an operation does not stand beside it among what took most time', () => {
  const series = [
    { name: 'verify', n: 1, sum_ms: 20, nested: false },
    { name: 'crypto.scrypt', n: 1, sum_ms: 20, nested: true },
  ]
  const metrics = { metrics_by_type: { authentication: { n: 1, series } } }
  const [, list] = renderCard(readCard({ metrics, compliance: {} }), PLAIN).split('MOST TIME\n')
  assert.match(list!, /authentication {2}verify/)
  assert.doesNotMatch(list!, /scrypt/)
})

test('one collection is one', () => {
  const runtime = { p99Ms: 1, maxMs: 2, blocked: 0, gcMs: 1.5, understated: '' }
  const line = (collections: number) => runtimeLines({ ...runtime, collections }, { width: 80, color: false })
  assert.deepEqual(line(1), ['Event loop: p99 1 ms · longest 2 ms · 1 collection, 1.5 ms'])
  assert.match(line(2)[0]!, /2 collections, /)
})

test('whatever an answer holds, a card comes of it', () => {
  const strange = [
    undefined,
    null,
    7,
    'text',
    [],
    {},
    { metrics_by_type: [1], target_compliance: { x: 3, y: null } },
  ]
  for (const metrics of strange) {
    for (const compliance of strange) {
      const text = renderCard(readCard({ metrics, compliance, self: metrics }), PLAIN)
      assert.match(text, /^yardstick · unnamed service/)
      assert.doesNotMatch(text, /undefined|NaN|null|\[object/)
    }
  }
})

test('what was lost is named in the last lines, and nothing of it while nothing was', () => {
  const self = {
    version: '0.1.0',
    dropped: { invalid: 1200, negative: 1, clamped: 1, batches: 2, errors: 3 },
    alert_events: { dropped: 4, unreadable: 5 },
  }
  const card = renderCard(readCard({ ...busy, self }), { ...PLAIN, width: 200 })
  assert.match(
    card,
    /1 200 not recorded: the duration was no number · 2 batches dropped · 4 events of alerts never saved · 5 stored events of alerts unreadable · 3 errors kept/,
  )
  assert.doesNotMatch(
    renderCard(readCard(busy), PLAIN),
    /dropped|never saved|unreadable|not recorded|kept from/,
  )
})

/** A service whose requests are of these series, with a target on a route. */
function routed(...names: readonly string[]): Parameters<typeof readCard>[0] {
  const series = names.map((name) => ({ name, n: 2 }))
  return {
    metrics: { metrics_by_type: { request: { n: 2 * names.length, series } } },
    compliance: { target_compliance: { checkout: { component: 'request', series: 'POST /orders', n: 0 } } },
  }
}

test('where no request had a route, what that means for targets on routes is said', () => {
  const hint =
    /Targets on routes: no request had a route, .* track the work itself, and set the target on that/
  const options = { ...PLAIN, width: 400 }
  assert.match(renderCard(readCard(routed('GET (no route)', 'GET (unmatched)')), options), hint)
  assert.doesNotMatch(renderCard(readCard(routed('GET (no route)', 'GET /users/:id')), options), hint)
  assert.doesNotMatch(
    renderCard(readCard(routed('GET (unmatched)')), options),
    hint,
    'a framework knows 404s',
  )
  assert.doesNotMatch(renderCard(readCard(routed()), options), hint)
})

test('names cannot give orders to the terminal', () => {
  const metrics = { service: 'a\x1b[2Jb\nc\u202ed', metrics_by_type: {} }
  const [first] = renderCard(readCard({ metrics, compliance: {} }), PLAIN).split('\n')
  assert.match(first!, /^yardstick · a\ufffd\[2Jb\ufffdc\ufffdd /)
})
