import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identityOf, Outbox } from '../../src/engine/outbox.ts'
import { Levels } from '../../src/measure/levels.ts'
import { counted } from '../api/fixture.ts'

function outbox(): {
  readonly second: (...components: string[]) => ReturnType<Outbox['due']>
  readonly box: Outbox
} {
  const identity = identityOf('0.0.0', 0)
  const box = new Outbox({
    ...{ service: 'shop', instance: 'one', identity, flushMs: 1000, heartbeat: true, startMs: 0 },
  })
  let toMs = 0
  const second = (...components: string[]): ReturnType<Outbox['due']> => {
    toMs += 1000
    const slices = components.map((component) => ({
      ...{ component, name: 'x', nested: false },
      counts: counted([{ durationMs: 1, times: 20 }]),
    }))
    box.add(toMs, { slices, users: [], levels: new Levels(), inFlight: 0 }, [])
    return box.due()
  }
  return { second, box }
}

test('what every process counts all the time is saved with what else there is, or every ten seconds', () => {
  const { second } = outbox()
  const idle = Array.from({ length: 10 }, () => second('event_loop', 'gc'))
  assert.deepEqual(
    idle.map((batch) => batch?.slices.map(({ counts }) => counts.total)),
    [...Array(9).fill(undefined), [200, 200]],
  )
  assert.equal(second('event_loop'), undefined)
  const busy = second('event_loop', 'request')
  assert.deepEqual(
    busy?.slices.map(({ component, counts }) => [component, counts.total]),
    [
      ['event_loop', 40],
      ['request', 20],
    ],
  )
})

test('at the end it is saved at once', () => {
  const { second, box } = outbox()
  assert.equal(second('event_loop'), undefined)
  assert.equal(box.due(true)?.slices.length, 1)
  assert.equal(box.due(true), undefined)
})
