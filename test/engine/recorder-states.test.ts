import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecorderStates } from '../../src/engine/recorder-states.ts'

const pg = { name: 'pg', library: 'pg', version: '8.23.1', how: 'patch' } as const

test('a recorder waits until a library is told of, then there is one entry for each version', () => {
  const states = new RecorderStates()
  states.are([
    { name: 'http', state: 'attached' },
    { name: 'pg', state: 'waiting' },
  ])
  assert.deepEqual(states.all[1], { name: 'pg', state: 'waiting' })
  const old = { ...pg, version: '8.0.3', state: 'attached' } as const
  for (const report of [{ ...pg, state: 'attached' } as const, old, old]) states.heard(report)
  assert.deepEqual(states.all, [{ name: 'http', state: 'attached' }, { ...pg, state: 'attached' }, old])
})

test('where one thread records less than another, that is shown', () => {
  const states = new RecorderStates()
  states.are([{ name: 'pg', state: 'waiting' }])
  const degraded = { ...pg, state: 'degraded', detail: 'not as expected' } as const
  for (const report of [degraded, { ...pg, state: 'attached' } as const]) states.heard(report)
  assert.deepEqual(states.all, [degraded])
})

test('a recorder that is switched off as a whole says so beside its libraries', () => {
  const states = new RecorderStates()
  states.are([{ name: 'http', state: 'attached' }])
  states.heard({ name: 'http', state: 'degraded', detail: 'switched off' })
  assert.deepEqual(states.all, [{ name: 'http', state: 'degraded', detail: 'switched off' }])
})

test('what is in no table is shown after it', () => {
  const states = new RecorderStates()
  states.are([{ name: 'http', state: 'attached' }])
  states.heard({ name: 'opentelemetry', state: 'attached', detail: 'spans' })
  assert.deepEqual(states.all, [
    { name: 'http', state: 'attached' },
    { name: 'opentelemetry', state: 'attached', detail: 'spans' },
  ])
})

test('what threads say that a recorder lacks is shown together, whichever comes last', () => {
  const states = new RecorderStates()
  const spans = { name: 'opentelemetry', state: 'attached', detail: 'spans' } as const
  const without = (...lacking: readonly string[]): void =>
    states.heard({ ...spans, detail: 'spans, not those of', lacking })
  // The main thread, then a worker that begins and meets others; then the main thread says it all again.
  states.heard(spans)
  without('dns')
  without('gen')
  states.heard(spans)
  without('net')
  states.heard(spans)
  without('dns')
  assert.deepEqual(states.all, [{ ...spans, detail: 'spans, not those of dns, gen, net' }])
  for (let i = 0; i < 100; i++) without(`made-up-${i}`)
  assert.equal(states.all[0]!.detail!.split(', ').length, 1 + 20)
  states.heard({ ...spans, state: 'degraded', detail: 'switched off' })
  without('late')
  assert.deepEqual(states.all, [{ ...spans, state: 'degraded', detail: 'switched off' }])
})
