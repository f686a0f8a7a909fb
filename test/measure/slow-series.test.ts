import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { Ledger } from '../../src/measure/ledger.ts'
import { LoopReader } from '../../src/measure/loop-reader.ts'
import { Scope } from '../../src/measure/scope.ts'
import type { SlowRequest } from '../../src/measure/slow-request.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A thread whose clock is set by hand, and what it tells. */
function thread({ seriesLimit = 500 }: { readonly seriesLimit?: number } = {}) {
  const clock = { nowMs: 0 }
  const told: SlowRequest[] = []
  const scopes = new AsyncLocalStorage<Scope | undefined>()
  const ledger = new Ledger({
    thread: 0,
    scopes,
    now: () => clock.nowMs,
    limits: () => [100],
    slowFrom: () => 100,
    seriesLimit,
    announce: (announcement) => {
      if (announcement.kind === 'example') told.push(announcement.example)
    },
  })
  const request = (name: string, durationMs: number, failed = false): void => {
    ledger.requestTally(name).recordRequest(new Scope(clock.nowMs - durationMs), clock.nowMs, failed, 1)
  }
  const leftOut = (): number => new LoopReader(ledger.loop.buffer).losses.untold
  return { clock, told, scopes, ledger, request, leftOut }
}

test('a request at the limit is told, one under it is not; a failed one is, however fast', () => {
  const { told, request, leftOut } = thread()
  request('GET /ok', 99.9)
  request('GET /slow', 100)
  request('GET /bad', 1, true)
  assert.deepEqual(told, [
    { series: 'GET /slow', durationMs: 100, failed: false, breakdown: [], ownMs: 100 },
    { series: 'GET /bad', durationMs: 1, failed: true, breakdown: [], ownMs: 1 },
  ])
  assert.equal(leftOut(), 0)
})

test('it tells where the time went, operations that are still open included', () => {
  const { clock, told, scopes, ledger } = thread()
  const scope = new Scope(0)
  scopes.run(scope, () => {
    clock.nowMs = 10
    ledger.operation('database', 'a').track(() => {
      clock.nowMs = 60
    })
    ledger.operation('external', 'b').start()
    clock.nowMs = 130
  })
  ledger.requestTally('GET /').recordRequest(scope, 130, false, 1)
  assert.deepEqual(told, [
    {
      series: 'GET /',
      durationMs: 130,
      failed: false,
      breakdown: [
        { component: 'database', calls: 1, wallMs: 50 },
        { component: 'external', calls: 1, wallMs: 70 },
      ],
      ownMs: 10,
    },
  ])
})

test('a route that stays slow tells ten an hour, and what it left out is counted', () => {
  const { clock, told, request, leftOut } = thread()
  for (let second = 0; second < 3600; second++) {
    clock.nowMs = second * 1000
    request('GET /slow', 200)
  }
  assert.equal(told.length, 10)
  assert.equal(leftOut(), 3590)
})

test('what is more than twice as slow as the last one is told at once, five at a stretch', () => {
  const { told, request, leftOut } = thread()
  for (const durationMs of [110, 220, 221, 442, 443]) request('GET /worse', durationMs)
  assert.deepEqual(
    told.map(({ durationMs }) => durationMs),
    [110, 221, 443],
  )
  for (let times = 1; times < 10; times++) request('GET /worse', 443 * 2.1 ** times)
  assert.equal(told.length, 5)
  assert.equal(leftOut(), 9)
})

test('a storm of failures on one route leaves the hour to the others; the thread tells 100 an hour', () => {
  const { clock, told, request } = thread()
  for (let i = 0; i < 10_000; i++) request('GET /broken', 0.5, true)
  assert.equal(told.length, 1)
  for (let i = 0; i < 150; i++) request(`GET /${i}`, 1, true)
  assert.equal(told.length, 100)
  clock.nowMs += HOUR_MS
  request('GET /149', 1, true)
  assert.equal(told.length, 101)
})

test('another limit holds for series that exist and for those to come', () => {
  const { told, ledger, request } = thread()
  request('GET /a', 50)
  ledger.slowFrom((name) => (name === 'GET /a' ? 40 : 1000))
  request('GET /a', 50)
  request('GET /b', 999)
  assert.deepEqual(
    told.map(({ series }) => series),
    ['GET /a'],
  )
})

test('a thread that is told no limit tells nothing, and whoever cannot be told does no harm', () => {
  const scopes = new AsyncLocalStorage<Scope | undefined>()
  const options = { thread: 0, scopes, now: () => 0, limits: () => [] }
  const silent = new Ledger({ ...options, announce: ({ kind }) => assert.notEqual(kind, 'example') })
  silent.requestTally('GET /').recordRequest(new Scope(0), 1e6, true, 1)
  const broken = new Ledger({
    ...options,
    slowFrom: () => 1,
    announce: ({ kind }) => {
      if (kind === 'example') throw new Error('no line')
    },
  })
  broken.requestTally('GET /').recordRequest(new Scope(0), 5, false, 1)
  assert.equal(new LoopReader(broken.loop.buffer).losses.errors, 1)
})
