import assert from 'node:assert/strict'
import { test } from 'node:test'
import { health } from '../../src/report/health.ts'
import type { Target } from '../../src/targets/target.ts'
import { shopSlices, snapshotOf, TARGETS } from '../api/fixture.ts'

test('components are told in the targets’ order, those without a target last', () => {
  const { components } = health(snapshotOf(shopSlices()).window('5min'))
  assert.deepEqual(
    components.map(({ component, verdict }) => [component, verdict?.target.id]),
    [
      ['authentication', 'authentication'],
      ['authorization', 'authorization'],
      ['database', 'database'],
      ['cache_l1', 'cache_l1'],
      ['cache_l2', 'cache_l2'],
      ['cache_l3', 'cache_l3'],
      ['request', 'request'],
      ['event_loop', undefined],
      ['event_loop_blocked', undefined],
      ['external', undefined],
      ['gc', undefined],
    ],
  )
})

test('a component’s own target is the one named like it, else its first whole one, never one of a series', () => {
  const database = TARGETS.find(({ id }) => id === 'database')!
  const strict: Target = { ...database, id: 'database p99', weight: 0 }
  const partial: Target = { ...database, id: 'database lookups', series: 'user_*' }
  const own = (...targets: readonly Target[]) =>
    health(snapshotOf(shopSlices(), targets).window('5min')).components.find(
      ({ component }) => component === 'database',
    )?.verdict?.target.id
  assert.equal(own(partial, strict, database), 'database')
  assert.equal(own(partial, strict), 'database p99')
  assert.equal(own(partial), undefined)
})

test('a missed target is a missed requirement, whatever its weight', () => {
  const authorization = TARGETS.find(({ id }) => id === 'authorization')!
  const window = snapshotOf(shopSlices(), [{ ...authorization, weight: 0 }]).window('5min')
  assert.equal(window.overall.letter, null)
  assert.equal(health(window).status, 'degraded')
})
