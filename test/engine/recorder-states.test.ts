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
  for (const detail of ['spans', 'spans, and those of dns not']) {
    states.heard({ name: 'opentelemetry', state: 'attached', detail })
  }
  assert.deepEqual(states.all, [
    { name: 'http', state: 'attached' },
    { name: 'opentelemetry', state: 'attached', detail: 'spans, and those of dns not' },
  ])
})
