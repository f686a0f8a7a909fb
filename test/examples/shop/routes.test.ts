import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type RunningShop, runningShop } from './running-shop.ts'

let shop: RunningShop
before(async () => {
  shop = await runningShop()
})
after(() => shop.close())

const CUSTOMER = 7
const SUPPORT = 50
const ADMIN = 100

test('a login gives a token for the right password only', async () => {
  assert.match(await shop.tokenOf(CUSTOMER), /^[\w-]+\.[\w-]+\.[\w-]+$/)
  const wrong = await shop.post('/login', { email: 'user7@shop.example', password: 'guess' })
  const unknown = await shop.post('/login', { email: 'nobody@shop.example', password: 'guess' })
  assert.deepEqual([wrong.status, unknown.status], [401, 401])
  assert.deepEqual(wrong.body, unknown.body)
  assert.equal((await shop.post('/login', { email: 7 })).status, 400)
})

test('a product is the same from the database and from the caches', async () => {
  // The newest products are not warm: the first read goes down to the database.
  const cold = await shop.get('/products/600')
  assert.equal(cold.status, 200)
  assert.equal(cold.body.id, 600)
  assert.deepEqual(await shop.get('/products/600'), cold)
  for (const path of ['/products/601', '/products/0', '/products/kettle', '/products/1.5']) {
    assert.equal((await shop.get(path)).status, 404, path)
  }
})

test('a listing has pages of twenty until there are no more', async () => {
  const first = await shop.get('/products?category=garden')
  assert.equal(first.body.products.length, 20)
  const far = await shop.get('/products?category=garden&page=50')
  assert.deepEqual([far.status, far.body.products], [200, []])
  assert.equal((await shop.get('/products?category=nonsense')).status, 400)
  assert.equal((await shop.get('/products?page=-1')).status, 400)
})

test('a search finds all words, and treats signs of the query language as text', async () => {
  const found = await shop.get('/search?q=oak+kettle')
  assert.ok(found.body.products.length > 0)
  for (const { name } of found.body.products) assert.match(name, /oak kettle/)
  for (const odd of ['"', "'", 'a OR b*', '(', 'NEAR(']) {
    assert.equal((await shop.get(`/search?q=${encodeURIComponent(odd)}`)).status, 200, odd)
  }
  assert.equal((await shop.get('/search?q=')).status, 400)
})

test('pages of users need a token, and of others a permission', async () => {
  const [customer, support] = [await shop.tokenOf(CUSTOMER), await shop.tokenOf(SUPPORT)]
  assert.equal((await shop.get('/users/7')).status, 401)
  assert.equal((await shop.get('/users/7', 'not.a.token')).status, 401)
  assert.deepEqual((await shop.get('/users/7', customer)).body, {
    id: 7,
    name: 'User 7',
    email: 'user7@shop.example',
    role: 'customer',
  })
  assert.equal((await shop.get('/users/8', customer)).status, 403)
  assert.equal((await shop.get('/users/8/orders', customer)).status, 403)
  assert.equal((await shop.get('/users/8', support)).status, 200)
  assert.equal((await shop.get('/users/9999', support)).status, 404)
})

test('the report is for admins', async () => {
  assert.equal((await shop.get('/admin/report')).status, 401)
  assert.equal((await shop.get('/admin/report', await shop.tokenOf(SUPPORT))).status, 403)
  const report = await shop.get('/admin/report', await shop.tokenOf(ADMIN))
  assert.equal(report.status, 200)
  assert.equal(report.body.sales.length, 8)
})

test('an order takes stock, shows on the product page and among the orders', async () => {
  const token = await shop.tokenOf(CUSTOMER)
  const before = await shop.get('/products/3')
  const placed = await shop.post('/orders', { lines: [{ product_id: 3, quantity: 2 }] }, token)
  assert.equal(placed.status, 201)
  assert.equal(placed.body.total_cents, 2 * before.body.price_cents)
  assert.equal((await shop.get('/products/3')).body.stock, before.body.stock - 2)
  const { orders } = (await shop.get('/users/7/orders', token)).body
  assert.equal(orders[0].id, placed.body.order_id)
  assert.equal(orders[0].lines[0].product_id, 3)
})

test('an order is all or nothing', async () => {
  const token = await shop.tokenOf(CUSTOMER)
  const before = await shop.get('/products/4')
  const lines = [
    { product_id: 4, quantity: 1 },
    { product_id: 9999, quantity: 1 },
  ]
  assert.equal((await shop.post('/orders', { lines }, token)).status, 409)
  assert.deepEqual(await shop.get('/products/4'), before)
  for (const body of [
    {},
    { lines: [] },
    { lines: [{ product_id: 4 }] },
    { lines: [{ product_id: 4, quantity: 0 }] },
  ]) {
    assert.equal((await shop.post('/orders', body, token)).status, 400)
  }
  assert.equal((await shop.post('/orders', { lines }, await shop.tokenOf(SUPPORT))).status, 403)
})

test('a product that is sold out leaves its listing and cannot be ordered', async () => {
  const token = await shop.tokenOf(CUSTOMER)
  const { id, category, stock } = (await shop.get('/products/5')).body
  const ids = async (): Promise<readonly number[]> =>
    (await shop.get(`/products?category=${category}`)).body.products.map((one: { id: number }) => one.id)
  assert.ok((await ids()).includes(id))
  for (let left = stock; left > 0; left -= 1_000) {
    const lines = Array.from({ length: 10 }, () => ({ product_id: id, quantity: 100 }))
    assert.equal((await shop.post('/orders', { lines }, token)).status, 201)
  }
  assert.equal((await ids()).includes(id), false)
  assert.equal((await shop.get('/products/5')).body.stock, 0)
  assert.equal((await shop.post('/orders', { lines: [{ product_id: id, quantity: 1 }] }, token)).status, 409)
})

test('health answers, unknown paths and broken bodies are the client’s fault', async () => {
  assert.equal((await shop.get('/health')).body.status, 'ok')
  assert.equal((await shop.get('/wp-login.php')).status, 404)
  const broken = await fetch(`${shop.url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"email":',
  })
  assert.equal(broken.status, 400)
})
