import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { Yardstick } from '../../src/engine/yardstick.ts'
import { stepped } from './stepped.ts'

async function handle() {
  const { engine, ledger, clock, second } = await stepped()
  const read = (component: string) => {
    second()
    const found = engine.snapshot.window('1min').components.find((entry) => entry.component === component)
    return found?.series.map(({ name, counts }) => ({
      name,
      ok: counts.ok,
      failed: counts.failed,
      hits: counts.hits,
      misses: counts.misses,
      sumMs: counts.sumMs,
    }))
  }
  return { ys: new Yardstick(ledger, undefined), engine, ledger, clock, read }
}

test('track gives back what the function gives and times it by the clock', async () => {
  const { ys, clock, read } = await handle()
  const given = ys.track('pricing', 'quote', () => {
    clock.step(12.5)
    return 42
  })
  assert.equal(given, 42)
  assert.deepEqual(read('pricing'), [{ name: 'quote', ok: 1, failed: 0, hits: 0, misses: 0, sumMs: 12.5 }])
})

test('a throw and a rejection count as failed and reach the caller as they were', async () => {
  const { ys, read } = await handle()
  const error = new Error('no')
  assert.throws(
    () =>
      ys.track('pricing', 'quote', () => {
        throw error
      }),
    (thrown) => thrown === error,
  )
  await assert.rejects(
    ys.track('pricing', 'quote', () => Promise.reject(error)),
    (thrown) => thrown === error,
  )
  assert.deepEqual(read('pricing'), [{ name: 'quote', ok: 0, failed: 2, hits: 0, misses: 0, sumMs: 0 }])
})

test('a promise is timed to its end', async () => {
  const { ys, clock, read } = await handle()
  const { promise, resolve } = Promise.withResolvers<string>()
  const tracked = ys.trackAuthentication('jwt', { userId: 7 }, () => promise)
  clock.step(30)
  resolve('in')
  assert.equal(await tracked, 'in')
  assert.deepEqual(read('authentication'), [{ name: 'jwt', ok: 1, failed: 0, hits: 0, misses: 0, sumMs: 30 }])
})

test('a lazy thenable is started once and timed', async () => {
  const { ys, read } = await handle()
  let started = 0
  const lazy = {
    // biome-ignore lint/suspicious/noThenProperty: query builders are such objects
    then(resolve: (value: string) => void) {
      started++
      resolve('rows')
    },
  }
  assert.equal(await ys.trackDatabase({ query: 'builder' }, () => lazy), 'rows')
  assert.equal(started, 1)
  assert.equal(read('database')!.length, 1)
})

test('an unhandled rejection of a tracked promise stays unhandled', () => {
  // In a process of its own: the test runner takes every unhandled rejection for a failed test.
  const source = `
    import { stepped } from ${JSON.stringify(new URL('./stepped.ts', import.meta.url).href)}
    import { Yardstick } from ${JSON.stringify(new URL('../../src/engine/yardstick.ts', import.meta.url).href)}
    const ys = new Yardstick((await stepped()).ledger, undefined)
    process.on('unhandledRejection', (error) => console.log('unhandled: ' + error.message))
    ys.track('pricing', 'quote', () => Promise.reject(new Error('nobody listens')))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' })
  assert.equal(stdout, 'unhandled: nobody listens\n')
})

test('cache reads say hit or miss, by setHit or by what they give', async () => {
  const { ys, read } = await handle()
  ys.trackCache('L1', 'get', { key: 'k' }, (reading) => {
    reading.setHit(false)
    return 'a value that was computed'
  })
  ys.trackCache('L1', 'get', {}, () => 'v')
  ys.trackCache('L1', 'get', {}, () => undefined)
  await ys.trackCache('L1', 'get', {}, async () => null)
  ys.trackCache('L1', 'set', {}, () => true)
  assert.deepEqual(read('cache_l1'), [
    { name: 'get', ok: 4, failed: 0, hits: 1, misses: 3, sumMs: 0 },
    { name: 'set', ok: 1, failed: 0, hits: 0, misses: 0, sumMs: 0 },
  ])
})

test('a read that fails is a miss, unless it had said that it hit; what is no read is neither', async () => {
  const { ys, read } = await handle()
  const down = (): never => {
    throw new Error('down')
  }
  assert.throws(() => ys.trackCache('L2', 'get', {}, down))
  await assert.rejects(ys.trackCache('L2', 'get', {}, async () => down()))
  assert.throws(() =>
    ys.trackCache('L2', 'get', {}, (reading) => {
      reading.setHit(true)
      return down()
    }),
  )
  assert.throws(() => ys.trackCache('L2', 'set', {}, down))
  assert.deepEqual(read('cache_l2'), [
    { name: 'get', ok: 0, failed: 3, hits: 1, misses: 2, sumMs: 0 },
    { name: 'set', ok: 0, failed: 1, hits: 0, misses: 0, sumMs: 0 },
  ])
})

test('a handle counts once, as ok unless it failed', async () => {
  const { ys, clock, read } = await handle()
  const timing = ys.trackAuthorization('can_edit', {})
  clock.step(3)
  timing.end()
  timing.end()
  // What `using` calls; Node 22 cannot read the word itself.
  timing[Symbol.dispose]()
  const failed = ys.trackAuthorization('can_edit', {})
  failed.fail(new Error('x'))
  failed.end()
  assert.deepEqual(read('authorization'), [
    { name: 'can_edit', ok: 1, failed: 1, hits: 0, misses: 0, sumMs: 3 },
  ])
})

test('SQL is named by its summary, a name by itself with its table', async () => {
  const { ys, read } = await handle()
  ys.trackDatabase({ query: "SELECT * FROM users WHERE email = 'secret@example.org'" }, () => {})
  ys.trackDatabase({ query: 'user_lookup', table: 'users' }, () => {})
  assert.deepEqual(
    read('database')!.map(({ name }) => name),
    ['SELECT users', 'user_lookup users'],
  )
})

test('one name for queries of several tables is a series of each', async () => {
  const { ys, read } = await handle()
  for (const table of ['users', 'orders', 'users', 'items', 'orders', 'users']) {
    ys.trackDatabase({ query: 'by_id', table }, () => {})
  }
  ys.trackDatabase({ query: 'by_id' }, () => {})
  assert.deepEqual(
    read('database')!.map(({ name, ok }) => [name, ok]),
    [
      ['by_id', 1],
      ['by_id items', 1],
      ['by_id orders', 2],
      ['by_id users', 3],
    ],
  )
})

test('durations that are none are not recorded but counted', async () => {
  const { ys, engine, read } = await handle()
  for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    ys.record('pricing', 'q', ms)
  ys.record('pricing', 'q', -1)
  ys.record('pricing', 'q', 2 ** 40)
  assert.deepEqual(read('pricing'), [{ name: 'q', ok: 2, failed: 0, hits: 0, misses: 0, sumMs: 2 ** 26 }])
  const { invalid, negative, clamped } = engine.snapshot.self.dropped
  assert.deepEqual({ invalid, negative, clamped }, { invalid: 3, negative: 1, clamped: 1 })
})

test('a name that is none loses nothing and is said on the self page', async () => {
  const { ys, engine, read } = await handle()
  ys.record('', 'x', 1)
  ys.track(undefined as unknown as string, 7 as unknown as string, () => {})
  assert.equal(
    read('(other)')!.reduce((sum, { ok }) => sum + ok, 0),
    2,
  )
  assert.equal(engine.snapshot.self.dropped.errors, 2)
  assert.match(engine.snapshot.self.recentErrors[0]!, /expected component and name/)
  assert.throws(() => ys.operation('', 'x'), { code: 'YS_NAME' })
})

test('methods work when they are taken off the handle', async () => {
  const { ys, read } = await handle()
  const { track, record } = ys
  track('pricing', 'quote', () => {})
  record('pricing', 'quote', 1)
  assert.equal(read('pricing')![0]!.ok, 2)
})
