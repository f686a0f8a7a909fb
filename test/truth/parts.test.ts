import assert from 'node:assert/strict'
import { test } from 'node:test'
import { random } from '../../examples/shop/random.ts'
import { Scope } from '../../src/measure/scope.ts'
import { Books } from './books.ts'
import { LoggedClock, madeUpTime } from './logged-clock.ts'
import type { Logged } from './operation-log.ts'

test('a part of another operation of its component counts in its own series, not in the totals', async () => {
  const books = await Books.open()
  const times = new LoggedClock(madeUpTime(5))
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
      // Two primitives at a time: neither is a part of the other.
      else if (kind < 0.7) run(hash, auth('token'), () => run(verify, auth('verify')))
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
