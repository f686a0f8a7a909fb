import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Announcement } from '../../src/measure/announcement.ts'
import { PARTS } from '../../src/measure/layout.ts'
import { Ledger } from '../../src/measure/ledger.ts'
import { LoopReader } from '../../src/measure/loop-reader.ts'
import { TallyReader } from '../../src/measure/reader.ts'
import { Scope } from '../../src/measure/scope.ts'
import { OTHER } from '../../src/measure/series-name.ts'
import { type SeriesKey, seriesId } from '../../src/measure/slice.ts'

type SeriesAnnouncement = Extract<Announcement, { kind: 'series' }>

interface Limits {
  readonly seriesLimit?: number
  readonly componentLimit?: number
}

/** A ledger with a clock that stands still, and everything it announces. */
function opened(limits: Limits = {}) {
  const announced: Announcement[] = []
  const scopes = new AsyncLocalStorage<Scope | undefined>()
  const ledger = new Ledger({
    scopes,
    now: () => 0,
    thread: 7,
    announce: (announcement) => announced.push(announcement),
    limits: () => [50],
    ...limits,
  })
  const series = () => announced.filter((one): one is SeriesAnnouncement => one.kind === 'series')
  /** Operations by series, read the way the engine does. */
  const counted = () => {
    const loop = announced.find((one) => one.kind === 'loop')!
    const reader = new LoopReader(loop.buffer)
    const retired = reader.half
    reader.turn(1 - retired)
    const totals = new Map<string, number>()
    for (const one of series()) {
      const counts = new TallyReader(one.buffer, one.request).read(retired, [])
      const id = seriesId(one)
      totals.set(id, (totals.get(id) ?? 0) + (counts?.total ?? 0))
    }
    return totals
  }
  return { ledger, announced, series, counted, scopes }
}

const name = fc.string({ unit: fc.constantFrom(...'ab:+|1(){}, '), maxLength: 6 })
const key: fc.Arbitrary<SeriesKey> = fc.record({ component: name, name, nested: fc.boolean() })

test('different series have different identities', () => {
  fc.assert(
    fc.property(key, key, (one, other) => {
      const same = one.component === other.component && one.name === other.name && one.nested === other.nested
      assert.equal(seriesId(one) === seriesId(other), same)
    }),
    { numRuns: 20_000 },
  )
})

test('each component and name has a tally of its own, found again', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, name), { maxLength: 30 }), (list) => {
      const { ledger, series, counted } = opened()
      const expected = new Map<string, number>()
      for (const [component, operation] of list) {
        const found = ledger.operation(component, operation)
        assert.equal(ledger.operation(component, operation), found)
        found.record(1)
        const id = seriesId({ component, name: operation, nested: false })
        expected.set(id, (expected.get(id) ?? 0) + 1)
      }
      assert.deepEqual(counted(), expected)
      assert.equal(new Set(series().map((one) => one.buffer)).size, expected.size)
    }),
  )
})

test('no more than 500 series, 300 of one component; the rest is counted in (other)', () => {
  const { ledger, series, counted } = opened()
  for (let i = 0; i < 1000; i++) ledger.operation('cache_l1', `key:${i}`).record(1)
  assert.equal(series().length, 301)
  for (let i = 0; i < 1000; i++) ledger.operation('database', `SELECT t${i}`).record(1)
  for (let i = 0; i < 1000; i++) ledger.requestTally(`GET /${i}`).record(1, false)
  const own = series().filter((one) => one.name !== OTHER)
  assert.equal(own.length, 500)
  const totals = [...counted()]
  assert.equal(
    totals.reduce((sum, [, total]) => sum + total, 0),
    3000,
  )
  assert.equal(counted().get(seriesId({ component: 'request', name: OTHER, nested: false })), 0)
  assert.equal(new Map(totals).get(seriesId({ component: 'cache_l1', name: OTHER, nested: false })), 700)
  assert.equal(new Map(totals).get(seriesId({ component: 'request', name: OTHER, nested: false })), 1000)
  assert.equal(ledger.loop.head[5], 700 + 800 + 1000)
})

test('operations that are only named have no tally, and share one beyond the limits', () => {
  const { ledger, series, counted } = opened({ seriesLimit: 20, componentLimit: 12 })
  const named = Array.from({ length: 100 }, (_, i) => ledger.operation('pricing', `n${i}`))
  assert.deepEqual(series(), [])
  assert.equal(new Set(named).size, 13)
  assert.equal(ledger.operation('pricing', 'n3'), named[3])
  assert.equal(ledger.operation('pricing', OTHER), named[99])
  named[3]!.record(1)
  named[3]!.start().end()
  named[99]!.track(() => {})
  assert.deepEqual(
    [...counted()],
    [
      [seriesId({ component: 'pricing', name: 'n3', nested: false }), 2],
      [seriesId({ component: 'pricing', name: OTHER, nested: false }), 1],
    ],
  )
})

test('making a tally is no part of the first operation that is timed', () => {
  let nowMs = 0
  const ledger = new Ledger({
    scopes: new AsyncLocalStorage<Scope | undefined>(),
    now: () => nowMs,
    thread: 7,
    announce: (announcement) => {
      if (announcement.kind === 'series') nowMs += 1_000
    },
    limits: () => [50],
  })
  const loop = new LoopReader(ledger.loop.buffer)
  ledger.operation('pricing', 'tracked').track(() => {})
  ledger.operation('pricing', 'started').start().end()
  assert.equal(nowMs, 2_000)
  for (const one of ledger.announced) {
    if (one.kind !== 'series') continue
    const counts = new TallyReader(one.buffer, false).read(loop.half, [])!
    assert.deepEqual([one.name, counts.total, counts.sumMs], [one.name, 1, 0])
  }
})

test('whatever names are invented, tallies stay within the limits and no operation is lost', () => {
  const use = fc.record({
    component: fc.constantFrom('authentication', 'cache_l1', 'request', 'a', 'b'),
    name: fc.nat(40).map((i) => `n${i}`),
    kind: fc.constantFrom('operation', 'primitive', 'inside', 'nested', 'request' as const),
  })
  fc.assert(
    fc.property(fc.array(use, { maxLength: 200 }), fc.integer({ min: 1, max: 30 }), (uses, seriesLimit) => {
      const { ledger, series, counted, scopes } = opened({ seriesLimit, componentLimit: 12 })
      for (const { component, name, kind } of uses) {
        if (kind === 'operation') ledger.operation(component, name).record(1)
        else if (kind === 'request') ledger.requestTally(name).record(1, false)
        else if (kind === 'primitive') ledger.primitive(component, name).track(() => 0)
        else if (kind === 'nested') ledger.nested(component, name).track(() => 0)
        else {
          const outer = ledger.operation(component, 'outer')
          const inner = ledger.primitive(component, name)
          scopes.run(new Scope(0), () => outer.track(() => inner.track(() => 0)))
        }
      }
      const own = series().filter((one) => one.name !== OTHER)
      assert.ok(own.length <= seriesLimit, `${own.length} of ${seriesLimit}`)
      assert.equal(new Set(series().map(seriesId)).size, series().length)
      const operations = uses.reduce((sum, { kind }) => sum + (kind === 'inside' ? 2 : 1), 0)
      assert.equal(
        [...counted().values()].reduce((sum, total) => sum + total, 0),
        operations,
      )
    }),
    { numRuns: 300 },
  )
})

test('32 components, and requests; the rest share one, and one part of the breakdown', () => {
  const { ledger, announced, series } = opened()
  for (let i = 0; i < 100; i++) ledger.operation(`component ${i}`, 'x').record(1)
  const components = new Set(series().map((one) => one.component))
  assert.equal(components.size, 33)
  assert.ok(components.has(OTHER))
  const request = ledger.requestTally('GET /')
  request.recordRequest(new Scope(0), 0, false, 0)
  assert.deepEqual(
    series()
      .filter((one) => one.request)
      .map((one) => [one.component, one.name]),
    [['request', 'GET /']],
  )
  const parts = announced.filter((one) => one.kind === 'part')
  assert.ok(parts.every((one) => one.part >= 0 && one.part < PARTS))
  assert.ok(parts.filter((one) => one.part === PARTS - 1).every((one) => one.component === OTHER))
  assert.equal(
    new Set(parts.filter((one) => one.part < PARTS - 1).map((one) => one.component)).size,
    PARTS - 1,
  )
})

test('a long name is cut, and still one series with one identity', () => {
  const { ledger, series, counted } = opened()
  const long = 'x'.repeat(300)
  for (const text of [long, `${long}y`, long]) ledger.operation('database', text).record(1)
  for (const text of [long, `${long}y`, long]) ledger.operation(text, 'x').record(1)
  assert.equal(series().length, 2)
  assert.ok(series().every((one) => one.name.length <= 200 && one.component.length <= 200))
  assert.deepEqual([...counted().values()], [3, 3])
  const halves = '😀'.repeat(150)
  ledger.operation('database', halves).record(1)
  ledger.operation(halves, 'x').record(1)
  assert.ok(series().every((one) => one.name.isWellFormed() && one.component.isWellFormed()))
})

test('an engine that starts later hears the same again', () => {
  const { ledger, announced } = opened()
  for (let i = 0; i < 20; i++) ledger.operation(`c${i % 3}`, `n${i}`)
  ledger.requestTally('GET /')
  assert.deepEqual(ledger.announced, announced)
  assert.equal(announced.filter((one) => one.kind === 'loop').length, 1)
  assert.ok(announced.every((one) => one.thread === 7))
})

test('our own errors are all counted, and some of them told', () => {
  const { ledger, announced } = opened()
  for (let i = 0; i < 50; i++) ledger.swallow('pg', new Error(`no. ${i} ${'x'.repeat(500)}`))
  ledger.swallow('pg', 'a text')
  assert.equal(ledger.loop.head[6], 51)
  const errors = announced.filter((one) => one.kind === 'error')
  assert.equal(errors.length, 20)
  assert.ok(errors.every((one) => one.text.startsWith('pg: no. ') && one.text.length <= 200))
})
