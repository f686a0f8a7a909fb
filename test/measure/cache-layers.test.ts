import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CacheLayers } from '../../src/measure/cache-layers.ts'

const client = (...names: readonly string[]) => ({
  library: 'ioredis' as const,
  guess: () => 'cache_l2' as const,
  namesOf: () => names,
})

describe('which layer a cache belongs to', () => {
  test('the guess, unless its library, its name, or the application says otherwise', () => {
    const layers = new CacheLayers()
    const cache = {}
    const kind = client('far:6379/0', 'far:6379', 'far')
    assert.equal(layers.of(cache, kind), 'cache_l2')
    layers.declare({ ioredis: 'cache_l1' })
    assert.equal(layers.of(cache, kind), 'cache_l1')
    layers.declare({ ioredis: 'cache_l1', 'ioredis far': 'cache_l3', 'ioredis far:6379': 'cache_l2' })
    assert.equal(layers.of(cache, kind), 'cache_l2')
    layers.declare({ 'redis far': 'cache_l1', 'ioredis far': 'cache_l3' })
    assert.equal(layers.of(cache, kind), 'cache_l3')
    layers.say(cache, 'cache_l1')
    assert.equal(layers.of(cache, kind), 'cache_l1')
    layers.declare({})
    assert.equal(layers.of(cache, kind), 'cache_l1')
    assert.equal(layers.of({}, kind), 'cache_l2')
  })

  test('tables and hosts are none until they are declared', () => {
    const layers = new CacheLayers()
    assert.deepEqual([layers.hasTables, layers.hasHosts, layers.table('prices')], [false, false, undefined])
    layers.declare({ 'table prices': 'cache_l3', 'host cdn.test': 'cache_l3' })
    assert.deepEqual([layers.hasTables, layers.hasHosts], [true, true])
    assert.deepEqual([layers.table('prices'), layers.table('cdn.test')], ['cache_l3', undefined])
    assert.deepEqual([layers.host('cdn.test'), layers.host('prices')], ['cache_l3', undefined])
  })
})
