import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Carrier } from '../../../examples/shop/carrier.ts'
import { Database } from '../../../examples/shop/database.ts'
import { FAULTS, type FaultName, Faults, parseFaults } from '../../../examples/shop/faults.ts'
import { LocalCache } from '../../../examples/shop/local-cache.ts'
import { QUERIES } from '../../../examples/shop/queries.ts'
import { seed } from '../../../examples/shop/seed.ts'
import { runningShop } from './running-shop.ts'

const NAMES = Object.keys(FAULTS) as FaultName[]

test('a list of faults is read, and an unknown one is named beside the known ones', () => {
  assert.deepEqual(parseFaults(undefined), [])
  assert.deepEqual(parseFaults(' slow-query, ,n-plus-one'), ['slow-query', 'n-plus-one'])
  assert.throws(() => parseFaults('slow-query,slow'), /no fault "slow".*missing-index/)
})

test('a listener hears a switch only when it turns', () => {
  const faults = new Faults()
  const heard: boolean[] = []
  faults.onTurn('missing-index', (on) => heard.push(on))
  for (const on of [false, true, true, false]) faults.turn('missing-index', on)
  assert.deepEqual(heard, [true, false])
})

test('faults are switched over HTTP, and start as they were given', async () => {
  const shop = await runningShop({ faults: ['n-plus-one'] })
  try {
    assert.deepEqual(
      NAMES.filter((name) => name === 'n-plus-one'),
      Object.entries((await shop.get('/faults')).body.faults).flatMap(([name, on]) =>
        on === true ? [name] : [],
      ),
    )
    assert.equal((await shop.post('/faults/cache-off', { on: true })).body.faults['cache-off'], true)
    assert.equal((await shop.post('/faults/cache-off', { on: false })).body.faults['cache-off'], false)
    assert.equal((await shop.post('/faults/cache-off', { on: 'yes' })).status, 400)
    assert.equal((await shop.post('/faults/earthquake', { on: true })).status, 404)
  } finally {
    await shop.close()
  }
})

test('no fault but the error rate changes an answer', async () => {
  const shop = await runningShop()
  try {
    const token = await shop.tokenOf(100)
    const paths = [
      '/products/9',
      '/products/600',
      '/products',
      '/users/100',
      '/users/3/orders',
      '/admin/report',
    ]
    const answers = (): Promise<unknown> => Promise.all(paths.map((path) => shop.get(path, token)))
    const good = await answers()
    for (const name of NAMES.filter((name) => name !== 'error-rate')) {
      await shop.post(`/faults/${name}`, { on: true })
      assert.deepEqual(await answers(), good, name)
      assert.equal((await shop.get('/search?q=oak')).body.products.length, 20, name)
    }
  } finally {
    await shop.close()
  }
})

test('the error rate fails every tenth product page', async () => {
  const shop = await runningShop({ faults: ['error-rate'] })
  try {
    const statuses: number[] = []
    for (let n = 1; n <= 20; n++) statuses.push((await shop.get('/products/1')).status)
    assert.deepEqual(
      statuses.flatMap((status, index) => (status === 500 ? [index + 1] : [])),
      [10, 20],
    )
  } finally {
    await shop.close()
  }
})

test('the missing index is really missing, and comes back', () => {
  const faults = new Faults()
  const db = new Database(':memory:', faults)
  seed(db.raw, { products: 100, users: 20, orders: 100 })
  const plan = (): string =>
    db.raw
      .prepare(`EXPLAIN QUERY PLAN ${QUERIES.lines_of_order.sql}`)
      .all(1)
      .map((step) => step.detail)
      .join()
  assert.match(plan(), /SEARCH order_lines USING INDEX line_by_order/)
  faults.turn('missing-index', true)
  assert.match(plan(), /SCAN order_lines/)
  faults.turn('missing-index', false)
  assert.match(plan(), /SEARCH order_lines USING INDEX line_by_order/)
  db.close()
})

test('a cache that is off finds nothing, and finds again what it kept once it is on', () => {
  const faults = new Faults()
  const cache = new LocalCache(faults)
  const entry = { name: 'kettle' }
  cache.keep('product:1', entry)
  faults.turn('cache-off', true)
  assert.equal(cache.read('product:1'), undefined)
  faults.turn('cache-off', false)
  assert.equal(cache.read('product:1'), entry)
})

test('parcels are asked for at once, with the fault one after the other', async () => {
  const faults = new Faults()
  const carrier = new Carrier(faults)
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const questionsAtOnce = async (): Promise<number> => {
    const before = timers()
    const places = carrier.whereAre([1, 2, 3])
    const asked = timers() - before
    assert.deepEqual(await places, ['in the depot', 'in the van', 'in the depot'])
    return asked
  }
  assert.equal(await questionsAtOnce(), 3)
  faults.turn('sequential-awaits', true)
  assert.equal(await questionsAtOnce(), 1)
})
