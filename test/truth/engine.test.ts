import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Books } from './books.ts'
import { Traffic } from './traffic.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

test('every second of two minutes is as the log has it, recording between turn and reading included', async () => {
  const books = await Books.open()
  const ledger = books.thread(1)
  const traffic = new Traffic(1)
  const some = (most: number): void => {
    for (let left = Math.floor(traffic.next() * most); left > 0; left--) {
      books.clock.step(traffic.next())
      books.record(traffic.operation(), ledger)
    }
  }
  for (let second = 0; second < 150; second++) {
    some(12)
    books.clock.step(1000 * (0.9 + 0.2 * traffic.next()))
    some(12)
    books.turn()
    books.clock.step(0.5)
    some(8)
    books.cycle()
    books.compare()
  }
  assert.ok(books.log.entries.length > 1500)
})

test('hours of changing traffic, with idle times, gaps and a clock that is set', async () => {
  const books = await Books.open()
  const ledger = books.thread(1)
  const traffic = new Traffic(2)
  const { clock } = books
  /** @param perS how many operations a second at this share of the time */
  const run = (seconds: number, perS: (share: number) => number, every: number): void => {
    for (let second = 0; second < seconds; second++) {
      const came = traffic.arrivals(perS(second / seconds))
      for (let i = 0; i < came; i++) {
        clock.step(900 / came)
        books.record(traffic.operation(), ledger)
      }
      clock.step(came === 0 ? 1000 : 100)
      books.read()
      if (second % every === every - 1) books.compare()
    }
  }
  const busy = (share: number): number => 8 + 7 * Math.sin(20 * share)
  run(3600, busy, 600)
  run(120, () => 60, 60)
  run(700, () => 0, 350)
  // The machine sleeps: no readings, but what was recorded just before is still to be read.
  for (let i = 0; i < 50; i++) books.record(traffic.operation(), ledger)
  clock.step(40 * MINUTE_MS)
  books.read()
  books.compare()
  run(300, busy, 100)
  for (const stepMs of [-400.25, -90_000, 3 * HOUR_MS + 0.5, -2 * HOUR_MS, 1.5, -1, 26 * HOUR_MS]) {
    for (let i = 0; i < 20; i++) books.record(traffic.operation(), ledger)
    clock.set(clock.wallMs() + stepMs)
    for (let i = 0; i < 20; i++) books.record(traffic.operation(), ledger)
    run(90, busy, 30)
  }
  run(400, busy, 200)
  assert.ok(books.log.entries.length > 40_000)
})

test('two days, read four times a minute', async () => {
  const books = await Books.open()
  const ledger = books.thread(1)
  const traffic = new Traffic(3)
  for (let reading = 0; reading < 11_520; reading++) {
    // Quiet nights, of which one has nothing at all.
    const hour = (reading / 240) % 24
    const night = hour < 6 ? (reading < 6000 ? 0.02 : 0) : 1
    const came = traffic.arrivals(6 * night * (1 + Math.sin(hour)))
    for (let i = 0; i < came; i++) {
      books.clock.step(14_000 / came)
      books.record(traffic.operation(), ledger)
    }
    books.clock.step(came === 0 ? 15_000 : 1_000)
    books.read()
    if (reading % 720 === 719) books.compare()
  }
  assert.ok(books.log.entries.length > 30_000)
})
