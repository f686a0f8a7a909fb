import assert from 'node:assert/strict'
import { test } from 'node:test'
import { random } from '../../examples/shop/random.ts'
import { Yardstick } from '../../src/engine/yardstick.ts'
import { Scope } from '../../src/measure/scope.ts'
import { Books } from './books.ts'
import { LoggedClock } from './logged-clock.ts'
import type { Logged } from './operation-log.ts'

/** What a clock says when it is asked: a time of its own making, or the machine's. */
const CLOCKS: Readonly<Record<string, () => () => number>> = {
  'a made-up clock': () => {
    const next = random(5)
    let ms = 1e6 * next()
    return () => {
      ms += 60 * next() ** 4
      return ms
    }
  },
  "the machine's clock": () => () => performance.now(),
}

for (const [name, clock] of Object.entries(CLOCKS)) {
  test(`by ${name}: what is recorded is the difference of the two times that it gave`, async () => {
    const books = await Books.open()
    const times = new LoggedClock(clock())
    const ys = new Yardstick(books.thread(1, times.now), undefined)
    const next = random(6)
    /** Runs something that asks the clock twice, no more, and writes down what lies between. */
    const between = <T>(logged: Omit<Logged, 'durationMs'>, run: () => T): T => {
      const before = times.given.length
      try {
        return run()
      } finally {
        assert.equal(times.given.length, before + 2)
        const durationMs = times.last - times.given[before]!
        books.log.write({ ...logged, durationMs }, books.clock.wallMs())
      }
    }
    for (let round = 0; round < 300; round++) {
      books.clock.step(1)
      const failed = next() < 0.2
      const work = (): number => {
        if (failed) throw new Error('as planned')
        return round
      }
      const quietly = (run: () => unknown): void => {
        try {
          run()
        } catch (error) {
          assert.equal((error as Error).message, 'as planned')
        }
      }
      quietly(() =>
        between({ component: 'shipping', name: 'quote', failed }, () => ys.track('shipping', 'quote', work)),
      )
      const query = 'SELECT * FROM orders WHERE id = 7'
      quietly(() =>
        between({ component: 'database', name: 'SELECT orders', failed }, () =>
          ys.trackDatabase({ query }, work),
        ),
      )
      quietly(() =>
        between({ component: 'authentication', name: 'password', failed }, () =>
          ys.trackAuthentication('password', { userId: 7 }, work),
        ),
      )
      quietly(() =>
        between({ component: 'authorization', name: 'can_edit', failed }, () =>
          ys.trackAuthorization('can_edit', {}, work),
        ),
      )
      const hit = next() < 0.9
      quietly(() =>
        between({ component: 'cache_l1', name: 'get', failed, hit: failed ? undefined : hit }, () =>
          ys.trackCache('L1', 'get', {}, (read) => {
            const value = work()
            read.setHit(hit)
            return value
          }),
        ),
      )
      between({ component: 'cache_l2', name: 'get', hit }, () =>
        ys.trackCache('L2', 'get', {}, () => (hit ? 0 : null)),
      )
      between({ component: 'shipping', name: 'handle', failed }, () => {
        using timing = ys.start('shipping', 'handle')
        if (failed) timing.fail()
        timing.end()
      })
      if (round % 100 === 99) {
        books.read()
        books.compare()
      }
    }
    assert.ok(books.log.entries.length > 2000)
  })

  test(`by ${name}: the same for a hundred promises at once, settled in another order`, async () => {
    const books = await Books.open()
    const times = new LoggedClock(clock())
    const ys = new Yardstick(books.thread(1, times.now), undefined)
    const next = random(7)
    for (let round = 0; round < 5; round++) {
      const open = Array.from({ length: 100 }, (_, i) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>()
        const component = i % 2 === 0 ? 'database' : 'shipping'
        const tracked = ys.track(component, 'report_monthly', () => promise)
        return { component, startMs: times.last, tracked, resolve, reject }
      })
      while (open.length > 0) {
        const [one] = open.splice(Math.floor(next() * open.length), 1)
        const failed = next() < 0.1
        if (failed) one!.reject(new Error('as planned'))
        else one!.resolve()
        await one!.tracked.catch(() => {})
        const durationMs = times.last - one!.startMs
        books.clock.step(1)
        const { component } = one!
        books.log.write({ component, name: 'report_monthly', durationMs, failed }, books.clock.wallMs())
      }
      books.read()
      books.compare()
    }
    assert.equal(times.given.length, 1000)
    assert.equal(books.log.entries.length, 500)
  })
}

test('a part of another operation of its component counts in its own series, not in the totals', async () => {
  const books = await Books.open()
  const times = new LoggedClock(CLOCKS['a made-up clock']!())
  const ledger = books.thread(1, times.now)
  const login = ledger.operation('authentication', 'password')
  const lookup = ledger.operation('database', 'user_lookup')
  const hash = ledger.primitive('authentication', 'token')
  const verify = ledger.primitive('authentication', 'verify')
  const next = random(8)
  /** Runs an operation and writes it down when it ends, so after what runs inside. */
  const run = (
    operation: typeof login,
    logged: Omit<Logged, 'durationMs'>,
    inside: () => void = () => {},
  ): void => {
    let startMs = 0
    operation.track(() => {
      startMs = times.last
      inside()
    })
    books.log.write({ ...logged, durationMs: times.last - startMs }, books.clock.wallMs())
  }
  const auth = (name: string, nested = false) => ({ component: 'authentication', name, nested })
  for (let round = 0; round < 400; round++) {
    books.clock.step(1)
    const scope = new Scope(times.now())
    const request = (): void => {
      const kind = next()
      if (kind < 0.3) run(login, auth('password'), () => run(hash, auth('token', true)))
      else if (kind < 0.5) run(hash, auth('token'))
      // A primitive within a primitive: the outer one stands for itself.
      else if (kind < 0.7) run(hash, auth('token'), () => run(verify, auth('verify', true)))
      // Within an operation of another component it is no part of it.
      else if (kind < 0.9) {
        run(lookup, { component: 'database', name: 'user_lookup' }, () => run(verify, auth('verify')))
      } else {
        run(login, auth('password'), () => {
          run(hash, auth('token', true))
          run(verify, auth('verify', true))
          run(hash, auth('token', true))
        })
      }
    }
    // Without a request there is nothing to be inside of.
    if (round % 10 === 0) run(hash, auth('token'))
    else ledger.scopes.run(scope, request)
    scope.close(times.now(), () => {})
    if (round % 50 === 49) {
      books.read()
      books.compare()
    }
  }
  assert.ok(books.log.entries.some(({ nested }) => nested))
})

test('where a request spent its time: the union of its operations, and the rest', async () => {
  const books = await Books.open()
  // Whole 1024ths: every difference and every sum is exact, so nothing is left to rounding.
  const next = random(9)
  let nowMs = 0
  const ledger = books.thread(1, () => nowMs)
  const components = ['database', 'shipping', 'cache_l1']
  const wanted = new Map(components.map((component) => [component, { calls: 0, wallMs: 0 }]))
  let ownMs = 0
  for (let round = 0; round < 200; round++) {
    books.clock.step(1)
    const startMs = nowMs
    const scope = new Scope(startMs)
    ledger.loop.requestStarted(nowMs)
    const seen: { readonly component: string; readonly fromMs: number; toMs: number }[] = []
    ledger.scopes.run(scope, () => {
      const open: { end(): void; readonly index: number }[] = []
      for (let event = Math.floor(next() * 12); event > 0; event--) {
        nowMs += Math.floor(next() * 4000) / 1024
        if (open.length > 0 && next() < 0.5) {
          const [one] = open.splice(Math.floor(next() * open.length), 1)
          one!.end()
          seen[one!.index]!.toMs = nowMs
        } else {
          const component = components[Math.floor(next() * components.length)]!
          const timing = ledger.operation(component, 'any').start()
          open.push({ end: () => timing.end(), index: seen.length })
          seen.push({ component, fromMs: nowMs, toMs: Number.POSITIVE_INFINITY })
        }
      }
      nowMs += 1 / 1024
    })
    const level = ledger.loop.requestEnded(nowMs)
    ledger.requestTally('GET /api/items/:id').recordRequest(scope, nowMs, false, level)
    for (const [component, part] of wanted) {
      const mine = seen.filter((one) => one.component === component)
      part.calls += mine.length
      part.wallMs += covered(mine, startMs, nowMs)
    }
    ownMs += nowMs - startMs - covered(seen, startMs, nowMs)
    if (round % 20 === 19) books.engine.turn()
    if (round % 20 === 19) books.engine.cycle()
  }
  const { counts } = books.engine.snapshot
    .window('1hour')
    .components.find(({ component }) => component === 'request')!
  assert.equal(counts.ok, 200)
  assert.deepEqual(new Map([...counts.breakdown!].map(([name, share]) => [name, { ...share }])), wanted)
  assert.equal(counts.ownMs, ownMs)
})

/** How much of a span at least one of these covers, found step by step. */
function covered(
  intervals: readonly { readonly fromMs: number; readonly toMs: number }[],
  startMs: number,
  endMs: number,
): number {
  let ms = 0
  for (let step = Math.round(startMs * 1024); step < Math.round(endMs * 1024); step++) {
    const atMs = step / 1024
    if (intervals.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)) ms += 1 / 1024
  }
  return ms
}

test('what four threads record is what the log has, whenever they begin and end', async () => {
  const { Traffic } = await import('./traffic.ts')
  const books = await Books.open()
  const traffic = new Traffic(10)
  const running = new Map([1, 2, 3, 4].map((thread) => [thread, books.thread(thread)]))
  let born = 4
  for (let second = 0; second < 200; second++) {
    for (const ledger of running.values()) {
      for (let left = traffic.arrivals(2); left > 0; left--) {
        books.clock.step(1)
        books.record(traffic.operation(), ledger)
      }
    }
    if (traffic.next() < 0.1) {
      const [oldest] = running.keys()
      running.delete(oldest!)
      books.engine.threadEnded(oldest!)
      running.set(++born, books.thread(born))
    }
    books.clock.step(900)
    books.turn()
    for (const ledger of running.values()) books.record(traffic.operation(), ledger)
    books.cycle()
    if (second % 20 === 19) books.compare()
  }
  assert.ok(born > 10)
})
