import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { PARTS, PLAIN, REQUEST } from '../../src/measure/layout.ts'
import { LoopTally } from '../../src/measure/loop-tally.ts'
import { Operation } from '../../src/measure/operation.ts'
import { TallyReader } from '../../src/measure/reader.ts'
import { RequestTally } from '../../src/measure/request-tally.ts'
import { Scope } from '../../src/measure/scope.ts'
import { Tally } from '../../src/measure/tally.ts'

const [DATABASE, CACHE, AUTH] = [0, 1, 2]

/** Closes the scope and tells `[part, calls, wallMs]` of each part, and the time with any of them open. */
function closed(scope: Scope, atMs: number) {
  const parts: [number, number, number][] = []
  const busyMs = scope.close(atMs, (part, calls, wallMs) => parts.push([part, calls, wallMs]))
  return { busyMs, parts }
}

test('operations one after another add up', () => {
  const scope = new Scope(100)
  scope.begin(DATABASE, 110)
  scope.end(DATABASE, 115)
  scope.begin(CACHE, 120)
  scope.end(CACHE, 121)
  scope.begin(DATABASE, 130)
  scope.end(DATABASE, 137)
  assert.deepEqual(closed(scope, 150), {
    busyMs: 13,
    parts: [
      [DATABASE, 2, 12],
      [CACHE, 1, 1],
    ],
  })
})

test('operations of one component at the same time count once', () => {
  // database 10 ── 20        25 ─ 30
  // database     15 ──── 40
  const scope = new Scope(0)
  scope.begin(DATABASE, 10)
  scope.begin(DATABASE, 15)
  scope.end(DATABASE, 20)
  scope.begin(DATABASE, 25)
  scope.end(DATABASE, 30)
  scope.end(DATABASE, 40)
  assert.deepEqual(closed(scope, 60), { busyMs: 30, parts: [[DATABASE, 3, 30]] })
})

test('components that overlap each have their own time, and share that of being busy', () => {
  // database 10 ────── 30
  // cache         20 ────── 45
  const scope = new Scope(0)
  scope.begin(DATABASE, 10)
  scope.begin(CACHE, 20)
  scope.end(DATABASE, 30)
  scope.end(CACHE, 45)
  assert.deepEqual(closed(scope, 50), {
    busyMs: 35,
    parts: [
      [DATABASE, 1, 20],
      [CACHE, 1, 25],
    ],
  })
})

test('an operation inside another counts for both components, and is busy once', () => {
  // auth     0 ───────────── 50
  // database     10 ── 30
  const scope = new Scope(0)
  scope.begin(AUTH, 0)
  assert.equal(scope.holds(AUTH), true)
  scope.begin(DATABASE, 10)
  assert.equal(scope.holds(DATABASE), true)
  scope.end(DATABASE, 30)
  assert.equal(scope.holds(DATABASE), false)
  scope.end(AUTH, 50)
  assert.deepEqual(closed(scope, 50), {
    busyMs: 50,
    parts: [
      [DATABASE, 1, 20],
      [AUTH, 1, 50],
    ],
  })
})

test('an operation that outlives its request counts until its end, and not after', () => {
  const scope = new Scope(0)
  scope.begin(DATABASE, 10)
  scope.begin(CACHE, 20)
  scope.end(CACHE, 25)
  assert.deepEqual(closed(scope, 40), {
    busyMs: 30,
    parts: [
      [DATABASE, 1, 30],
      [CACHE, 1, 5],
    ],
  })
  scope.end(DATABASE, 90)
  scope.begin(CACHE, 95)
  scope.spent(CACHE, 5, 100)
  assert.equal(scope.holds(DATABASE), false)
  assert.deepEqual(closed(scope, 100), { busyMs: 0, parts: [] })
})

test('a late end does not reach the scope that took the row', () => {
  const first = new Scope(0)
  first.begin(DATABASE, 0)
  closed(first, 10)
  const second = new Scope(20)
  second.begin(DATABASE, 20)
  second.begin(DATABASE, 20)
  first.end(DATABASE, 25)
  second.end(DATABASE, 30)
  second.end(DATABASE, 40)
  assert.deepEqual(closed(second, 50), { busyMs: 20, parts: [[DATABASE, 2, 20]] })
})

test('what was timed elsewhere counts back from now, but not before the request nor twice', () => {
  const scope = new Scope(100)
  scope.spent(CACHE, 4, 110)
  assert.deepEqual(closed(scope, 120), { busyMs: 4, parts: [[CACHE, 1, 4]] })

  const long = new Scope(100)
  long.spent(DATABASE, 500, 130)
  assert.deepEqual(closed(long, 150), { busyMs: 30, parts: [[DATABASE, 1, 30]] })

  // database 5 ─── 10, then told: 4 ──── 12
  const twice = new Scope(0)
  twice.begin(DATABASE, 5)
  twice.end(DATABASE, 10)
  twice.spent(DATABASE, 8, 12)
  assert.deepEqual(closed(twice, 20), { busyMs: 7, parts: [[DATABASE, 2, 7]] })

  // cache told as 0 – 30 while database 10 – 20 is over
  const across = new Scope(0)
  across.begin(DATABASE, 10)
  across.end(DATABASE, 20)
  across.spent(CACHE, 30, 30)
  const { busyMs, parts } = closed(across, 40)
  assert.deepEqual(parts, [
    [DATABASE, 1, 10],
    [CACHE, 1, 30],
  ])
  assert.ok(busyMs >= 20 && busyMs <= 30)
})

test('a scope without operations costs no row, and tells nothing', () => {
  const scope = new Scope(0)
  scope.end(DATABASE, 5)
  assert.deepEqual(closed(scope, 10), { busyMs: 0, parts: [] })
})

test('a thousand scopes at once keep apart while their rows grow in number, and these are used again', () => {
  const parts = Array.from({ length: PARTS }, (_, part) => part)
  const partsOf = (i: number) => parts.filter((part) => (i + part) % 3 === 0)
  for (let round = 0; round < 3; round++) {
    const scopes = Array.from({ length: 1000 }, (_, i) => new Scope(i))
    for (const [i, scope] of scopes.entries()) for (const part of partsOf(i)) scope.begin(part, i)
    for (const [i, scope] of scopes.entries()) if (i % 2 === 0) scope.end(partsOf(i)[0]!, i + 5)
    for (const [i, scope] of scopes.entries()) {
      const expected = partsOf(i).map((part, at) => [part, 1, i % 2 === 0 && at === 0 ? 5 : 10])
      assert.deepEqual(closed(scope, i + 10), { busyMs: 10, parts: expected })
    }
  }
})

/** A request and an operation in it, on a clock that is set by hand. */
function service() {
  const scopes = new AsyncLocalStorage<Scope | undefined>()
  const clock = { nowMs: 0 }
  const recording = { scopes, now: () => clock.nowMs }
  const loop = new LoopTally()
  const request = new RequestTally(loop)
  const plain = new Tally(loop)
  const nested = new Tally(loop)
  const read = () => new TallyReader(request.buffer, true).read(0, ['database', 'cache', 'auth'])
  const totals = () =>
    [plain, nested].map((tally) => new TallyReader(tally.buffer, false).read(0, [])?.total ?? 0)
  return { scopes, clock, recording, loop, request, plain, nested, read, totals }
}

test('a request tells where its time went', async () => {
  const { scopes, clock, recording, loop, request, plain, read } = service()
  const query = new Operation(recording, DATABASE, { totals: plain })
  const scope = new Scope(0)
  loop.requestStarted(0)
  await scopes.run(scope, async () => {
    clock.nowMs = 5
    const one = query.track(() => Promise.resolve(1))
    const other = query.track(() => Promise.reject(new Error('no')))
    clock.nowMs = 25
    await Promise.allSettled([one, other])
    query.record(2)
  })
  request.recordRequest(scope, 32, false, loop.requestEnded(32))
  const counts = read()!
  assert.deepEqual(counts.breakdown, new Map([['database', { calls: 3, wallMs: 20 }]]))
  assert.equal(counts.ownMs, 12)
  assert.equal(counts.sumMs, 32)
  assert.equal(counts.levels!.completed[1], 1)
  assert.equal(counts.levels!.timeMs[1], 32)
})

test('operations that outlive their request leave the one alone that took its row, and count', () => {
  const { scopes, clock, recording, plain, nested, totals } = service()
  const query = new Operation(recording, DATABASE, { totals: plain, nested: () => nested })
  const first = new Scope(0)
  const late = scopes.run(first, () => [query.start(), query.start()])
  closed(first, 1)
  const second = new Scope(2)
  clock.nowMs = 2
  const own = scopes.run(second, () => query.start())
  clock.nowMs = 5
  late[0]!.end()
  const after = late[1]!.next(query)!
  clock.nowMs = 8
  after.end()
  own.end()
  assert.equal(scopes.run(first, () => query.start()).next(query)?.running, true)
  assert.deepEqual(closed(second, 10), { busyMs: 6, parts: [[DATABASE, 1, 6]] })
  assert.deepEqual(totals(), [5, 0])
})

test('what comes right after an operation begins when that ends, in the same request, whoever calls', () => {
  const { scopes, clock, recording, plain, nested } = service()
  const wait = new Operation(recording, CACHE, { totals: nested })
  const query = new Operation(recording, DATABASE, { totals: plain })
  const scope = new Scope(0)
  const waited = scopes.run(scope, () => wait.start())
  clock.nowMs = 3
  const asked = scopes.run(new Scope(0), () => waited.next(query))!
  assert.equal(waited.running, false)
  assert.equal(waited.next(query), undefined, 'it has been followed already')
  clock.nowMs = 10
  asked.end()
  const of = (tally: Tally) => new TallyReader(tally.buffer, false).read(0, [])!.sumMs
  assert.deepEqual([of(nested), of(plain)], [3, 7])
  assert.deepEqual(closed(scope, 12), {
    busyMs: 10,
    parts: [
      [DATABASE, 1, 7],
      [CACHE, 1, 3],
    ],
  })
})

test('a duration that is no number leaves the breakdown as it was', () => {
  const { scopes, clock, recording, request, plain, read, totals } = service()
  const query = new Operation(recording, DATABASE, { totals: plain })
  const scope = new Scope(0)
  scopes.run(scope, () => {
    clock.nowMs = 10
    for (const durationMs of [Number.POSITIVE_INFINITY, Number.NaN, Number.NEGATIVE_INFINITY])
      query.record(durationMs)
    query.record(3)
  })
  request.recordRequest(scope, 20, true, 0)
  const counts = read()!
  assert.deepEqual(counts.breakdown, new Map([['database', { calls: 1, wallMs: 3 }]]))
  assert.equal(counts.ownMs, 17)
  assert.deepEqual(totals(), [1, 0])
})

test('a primitive inside an operation of its component counts apart, alone it counts as itself', () => {
  const { scopes, recording, plain, nested, totals } = service()
  const login = new Operation(recording, AUTH, { totals: new Tally(new LoopTally()) })
  const hash = new Operation(recording, AUTH, { totals: plain, nested: () => nested })
  hash.track(() => 0)
  scopes.run(new Scope(0), () => {
    hash.track(() => 0)
    hash.record(1)
    login.track(() => {
      hash.track(() => 0)
      hash.record(1)
    })
  })
  assert.deepEqual(totals(), [3, 2])
})

test('primitives that are open beside each other both count; what is always nested never does', () => {
  const { scopes, recording, plain, nested, totals } = service()
  const query = new Operation(recording, DATABASE, { totals: plain, nested: () => nested })
  const command = new Operation(recording, DATABASE, { nested: () => nested })
  scopes.run(new Scope(0), () => query.track(() => query.track(() => 0)))
  command.record(1)
  scopes.run(new Scope(0), () => command.track(() => 0))
  assert.deepEqual(totals(), [2, 2])
})

test('the layouts hold what is read from them', () => {
  assert.ok(REQUEST.bytes > PLAIN.bytes)
  assert.equal(new RequestTally(new LoopTally()).buffer.byteLength, REQUEST.bytes)
  assert.equal(new Tally(new LoopTally()).buffer.byteLength, PLAIN.bytes)
})
