import assert from 'node:assert/strict'
import { test } from 'node:test'
import { random } from '../../examples/shop/random.ts'
import { Yardstick } from '../../src/engine/yardstick.ts'
import { Books } from './books.ts'
import { LoggedClock, madeUpTime } from './logged-clock.ts'
import type { Logged } from './operation-log.ts'

/** What a clock says when it is asked. */
const CLOCKS: Readonly<Record<string, () => () => number>> = {
  'a made-up clock': () => madeUpTime(5),
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
        between({ component: 'cache_l1', name: 'get', failed, hit: !failed && hit }, () =>
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
