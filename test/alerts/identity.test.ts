import assert from 'node:assert/strict'
import { test } from 'node:test'
import { starting } from '../../src/alerts/commands.ts'
import type { AlertEvent } from '../../src/alerts/event.ts'
import { alertHistory } from '../../src/alerts/history.ts'
import { alertDefaults, defaultRoute } from '../../src/alerts/options.ts'
import { AlertWatch } from '../../src/alerts/watch.ts'
import { database, SECOND_MS, START_MS, verdictOf } from './verdicts.ts'

/** One that watches, begun with what is stored; what it finds out, and the ids of its notices. */
class Watcher {
  readonly events: AlertEvent[]
  readonly notices: string[] = []
  readonly #watch = new AlertWatch({
    service: 'shop',
    targets: [database],
    options: { ...alertDefaults, routes: [defaultRoute('slack')] },
  })

  constructor(stored: readonly AlertEvent[]) {
    this.events = [...stored]
    for (const event of stored) this.#watch.book.apply(event)
  }

  see(fromSecond: number, toSecond: number, ratio: number): void {
    for (let second = fromSecond; second < toSecond; second++) {
      const atMs = START_MS + second * SECOND_MS
      this.events.push(...this.#watch.step({ atMs, verdicts: [verdictOf(database, ratio)] }))
      for (const { said, notice } of this.#watch.due({ atMs })) {
        this.#watch.book.apply(said)
        this.events.push(said)
        this.notices.push(`${notice.reason} ${notice.severity} ${notice.id}`)
      }
    }
  }

  get fired(): readonly string[] {
    return this.events.flatMap((event) => (event.type === 'fired' ? event.alert : []))
  }
}

const started = starting({ atMs: START_MS })

test('two that see an alert begin at different seconds call it, and their notices of it, the same', () => {
  const before = new Watcher([started])
  before.see(130, 200, 2.5)
  before.see(200, 400, 0.5)
  const cutOff = new Watcher(before.events)
  const successor = new Watcher(before.events)
  cutOff.see(400, 440, 2.5)
  successor.see(400, 404, 0.5)
  successor.see(404, 444, 2.6)
  assert.equal(cutOff.fired.length, 2)
  assert.deepEqual(successor.fired, cutOff.fired)
  assert.deepEqual(successor.notices, cutOff.notices)
  assert.notEqual(cutOff.fired[0], cutOff.fired[1], 'the next alert is another one')
})

test('who has worse to tell tells it under an id of its own', () => {
  const [cutOff, successor] = [new Watcher([started]), new Watcher([started])]
  cutOff.see(130, 170, 1.6)
  successor.see(130, 170, 2.5)
  assert.deepEqual(successor.fired, cutOff.fired)
  assert.notEqual(successor.notices[0], cutOff.notices[0])
})

test('after a start of the service from nothing an alert is never called like one from before', () => {
  const first = new Watcher([started])
  first.see(130, 170, 2.5)
  const second = new Watcher([starting({ atMs: START_MS + 1000 * SECOND_MS })])
  second.see(1130, 1170, 2.5)
  assert.equal(second.fired.length, 1)
  assert.notEqual(second.fired[0], first.fired[0])
})

test('what came to nothing is no part of the alert that has its id afterwards, nor does it end it', () => {
  const watcher = new Watcher([started])
  watcher.see(130, 135, 2.5)
  watcher.see(135, 140, 0.5)
  watcher.see(140, 160, 2.5)
  assert.equal(new Set(watcher.events.flatMap((event) => ('alert' in event ? event.alert : []))).size, 1)
  const [{ alert, timeline }] = alertHistory(watcher.events) as [ReturnType<typeof alertHistory>[0]]
  assert.equal(alert.sinceMs, START_MS + 140 * SECOND_MS)
  assert.deepEqual(
    timeline.map(({ type }) => type),
    ['pending', 'fired', 'said'],
  )
  // Some stores give an event twice at their seams.
  const pending = watcher.events.filter(({ type }) => type === 'pending' || type === 'withdrawn')
  const again = new Watcher([started, ...pending, ...pending.slice(0, 2)])
  again.see(150, 151, 2.5)
  assert.equal(again.fired.length, 1)
})
