import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadSettings } from '../../src/config/load.ts'
import type { TargetOptions } from '../../src/config/options.ts'
import { defaultTargets } from '../../src/targets/defaults.ts'
import type { Target } from '../../src/targets/target.ts'
import { directory } from './directory.ts'

test('targets as users write them', async (t) => {
  const place = directory(t)
  const complete = async (targets: readonly TargetOptions[], defaults = true): Promise<readonly Target[]> => {
    const options = { targets, defaults }
    return (await loadSettings({ directory: place, environment: {}, options })).targets
  }

  await t.test('one on a whole default component replaces the default, in its place', async () => {
    const targets = await complete([{ component: 'database', p99: '20ms' }])
    assert.deepEqual(
      targets.map(({ id }) => id),
      defaultTargets.map(({ id }) => id),
    )
    assert.deepEqual(targets[2], {
      id: 'database',
      component: 'database',
      except: [],
      indicator: { kind: 'latency', percentile: 0.99, limitMs: 20 },
      grades: { a: 12, b: 16, c: 20, d: 40 },
      weight: 1,
    })
  })

  await t.test('without the defaults a component alone is its default one', async () => {
    assert.deepEqual(
      await complete([{ component: 'request' }], false),
      defaultTargets.filter(({ id }) => id === 'request'),
    )
  })

  await t.test('others are added: series without weight, declared components with 1', async () => {
    const targets = await complete([
      { component: 'request', series: 'GET /admin/**', p95: '250ms', except: 'GET /admin/export' },
      { component: 'pricing', p90: 12.5 },
      { component: 'sessions', hitRate: 0.9 },
    ])
    assert.deepEqual(targets.slice(defaultTargets.length), [
      {
        id: 'request GET /admin/**',
        component: 'request',
        series: 'GET /admin/**',
        except: ['GET /admin/export'],
        indicator: { kind: 'latency', percentile: 0.95, limitMs: 250 },
        grades: { a: 150, b: 200, c: 250, d: 500 },
        weight: 0,
      },
      {
        id: 'pricing',
        component: 'pricing',
        except: [],
        indicator: { kind: 'latency', percentile: 0.9, limitMs: 12.5 },
        grades: { a: 7.5, b: 10, c: 12.5, d: 25 },
        weight: 1,
      },
      {
        id: 'sessions',
        component: 'sessions',
        except: [],
        indicator: { kind: 'hit_rate', share: 0.9 },
        grades: { a: 0.94, b: 0.92, c: 0.9, d: 0.8 },
        weight: 1,
      },
    ])
  })

  await t.test('defaults: false leaves only what is given', async () => {
    assert.deepEqual(await complete([], false), [])
    assert.deepEqual(
      (await complete([{ component: 'cache_l1', p95: '1ms' }], false)).map(({ id, weight }) => [id, weight]),
      [['cache_l1', 1 / 3]],
    )
  })

  await t.test('a default component may change only letters, weight or exceptions', async () => {
    const targets = await complete([
      { component: 'request', except: ['GET /slow'], weight: 2 },
      { component: 'cache_l1', grades: { a: '99%', d: '80%' } },
    ])
    const [request, cache] = [targets.at(-1)!, targets[3]!]
    assert.deepEqual(
      [request.except, request.weight, request.grades],
      [['GET /slow'], 2, { a: 60, b: 80, c: 100, d: 200 }],
    )
    assert.deepEqual(cache.grades, { a: 0.99, b: 0.96, c: 0.95, d: 0.8 })
    assert.equal(cache.weight, 1 / 3)
  })

  await t.test('the letters of the table stay where the limit is the table’s', async () => {
    const [, authorization] = await complete([{ component: 'authorization', p99: '75ms' }])
    assert.deepEqual(authorization?.grades, { a: 50, b: 60, c: 75, d: 150 })
  })

  await t.test('a second target on a whole component stands beside the first, without weight', async () => {
    const targets = await complete([
      { component: 'authentication', p95: '50ms' },
      { component: 'authentication', p99: '90ms' },
      { component: 'cache_l1', p95: '2ms' },
    ])
    const own = targets.filter(({ component }) => component === 'authentication' || component === 'cache_l1')
    assert.deepEqual(
      own.map(({ id, weight }) => [id, weight]),
      [
        ['authentication', 1],
        ['cache_l1', 1 / 3],
        ['authentication p99', 0],
        ['cache_l1 p95', 0],
      ],
    )
  })

  await t.test('percentages become the decimals that were written', async () => {
    const targets = await complete([
      { component: 'a', hitRate: '99.9%', grades: { a: '99.99 %', b: 0.9995 } },
      { component: 'b', 'p99.9': '1s' },
    ])
    const [a, b] = targets.slice(-2)
    assert.deepEqual(a?.indicator, { kind: 'hit_rate', share: 0.999 })
    assert.deepEqual(a?.grades, { a: 0.9999, b: 0.9995, c: 0.999, d: 0.998 })
    assert.deepEqual(b?.indicator, { kind: 'latency', percentile: 0.999, limitMs: 1000 })
  })
})
