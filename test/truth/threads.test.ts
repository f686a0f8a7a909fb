import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Books } from './books.ts'
import { Traffic } from './traffic.ts'

test('what four threads record is what the log has, whenever they begin and end', async () => {
  const books = await Books.open()
  const traffic = new Traffic(10)
  const running = new Map([1, 2, 3, 4].map((thread) => [thread, books.thread(thread)]))
  let born = 4
  const replaceOne = (): void => {
    const [oldest] = running.keys()
    running.delete(oldest!)
    books.engine.threadEnded(oldest!)
    running.set(++born, books.thread(born))
  }
  for (let second = 0; second < 200; second++) {
    for (const ledger of running.values()) {
      for (let left = traffic.arrivals(2); left > 0; left--) {
        books.clock.step(1)
        books.record(traffic.operation(), ledger)
      }
    }
    if (traffic.next() < 0.1) replaceOne()
    books.clock.step(900)
    books.turn()
    // Some end with one half just retired and the other one written already.
    for (const ledger of running.values()) books.record(traffic.operation(), ledger)
    if (traffic.next() < 0.1) replaceOne()
    books.cycle()
    if (second % 20 === 19) books.compare()
  }
  assert.ok(born > 20)
})
