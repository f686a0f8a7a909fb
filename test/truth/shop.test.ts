import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { load } from '../../examples/shop/load.ts'
import { QUERIES, type QueryName } from '../../examples/shop/queries.ts'
import { SEED_PASSWORD } from '../../examples/shop/seed.ts'
import type { CountsJson } from '../../src/api/counts-json.ts'
import { compareSeries, sidesApart, watched } from './compare-requests.ts'
import { MeasuredProcess, type WitnessedRequest } from './measured-process.ts'
import { ERROR, orderStatistics } from './order-statistic.ts'

type Line =
  | WitnessedRequest
  | { readonly kind: 'start' | 'listening' }
  | { readonly kind: 'exec'; readonly sql: string }
  | Sql
  | CacheCall
  | { readonly kind: 'scrypt' | 'verify' | 'sign' | 'pause'; readonly ms: number }

interface Sql {
  readonly kind: 'sql'
  readonly sql: string
  readonly threw: boolean
  readonly found: boolean
  readonly ms: number
}

interface CacheCall {
  readonly kind: 'cache'
  readonly op: 'get' | 'set' | 'delete'
  readonly max: number
  readonly hit: boolean
  /** A permission's key: read once for every check. */
  readonly role: boolean
}

const ROUTES: readonly (readonly [path: RegExp, template: string])[] = [
  [/^\/login$/, '/login'],
  [/^\/products$/, '/products'],
  [/^\/products\/[^/]+$/, '/products/:id'],
  [/^\/search$/, '/search'],
  [/^\/users\/[^/]+\/orders$/, '/users/:id/orders'],
  [/^\/users\/[^/]+$/, '/users/:id'],
  [/^\/orders$/, '/orders'],
  [/^\/admin\/report$/, '/admin/report'],
  [/^\/health$/, '/health'],
]

/** What a request to the shop has to be called, from its URL. */
function nameOf({ method, url, status }: WitnessedRequest): string {
  const path = url.split('?')[0]!
  const template = ROUTES.find(([pattern]) => pattern.test(path))?.[1]
  // A body that cannot be read is answered before any route is looked for.
  if (path === '/login' && status === 400) return `${method} (no route)`
  return `${method} ${template ?? '(unmatched)'}`
}

test('the shop under load: what Yardstick says is what a witness inside the process has written down', async (t) => {
  const shop = new MeasuredProcess({
    witness: resolve('test/truth/shop-witness.cjs'),
    words: () => [resolve('examples/shop/server.ts')],
    env: { SHOP_PORT: '0', SHOP_FAULTS: 'error-rate' },
  })
  t.after(() => shop.close())
  const url = await shop.said(/shop: listens on (\S+)/)
  await load({ url, ratePerS: 150, seconds: 8 })
  await oddRequests(url)
  const metrics = await shop.settled()
  const lines = await shop.testimony<Line>()

  const requests = watched(lines, metrics)
  assert.ok(requests.length > 1000)
  assert.ok(requests.some(({ status }) => status === 500))
  assert.ok(requests.some(({ ended }) => !ended))
  compareSeries(metrics.metrics_by_type.request!, requests, nameOf)
  t.diagnostic(sidesApart(requests))

  const { authentication, authorization, database, cache_l1, cache_l2, cache_l3, shipping } =
    metrics.metrics_by_type
  const msOf = (kind: 'scrypt' | 'verify' | 'sign' | 'pause'): number[] =>
    lines.flatMap((line) => (line.kind === kind ? [line.ms] : []))
  const series = ({ series }: typeof authentication & {}, name: string): CountsJson =>
    series.find((one) => one.name === name)!
  inside(series(authentication!, 'password'), msOf('scrypt'), 'password')
  inside(series(authentication!, 'token'), msOf('verify'), 'token')
  // The shop tracks what it checks; that it makes a token, a recorder sees.
  assert.equal(series(authentication!, 'jsonwebtoken.sign').n, msOf('sign').length)
  assert.equal(authentication!.n, msOf('scrypt').length + msOf('verify').length + msOf('sign').length)
  inside(series(shipping!, 'parcel_position'), msOf('pause'), 'parcel_position')

  const statements = lines.filter((line) => line.kind === 'sql')
  // Outside of what the shop tracks, the driver's own statements count: its settings, transactions, the third layer's
  // tables.
  const driven = lines.filter((line) => line.kind === 'exec' || line.kind === 'sql').length
  compareDatabase(database!, statements, driven)

  const listening = lines.findIndex((line) => line.kind === 'listening')
  const calls = (max: number): readonly CacheCall[] =>
    lines.slice(listening).filter((line): line is CacheCall => line.kind === 'cache' && line.max === max)
  // Both layers are lru-caches that are filled before any request: there a recorder sees a first layer in each.
  const filled = lines.slice(0, listening).filter((line) => line.kind === 'cache' && line.op === 'set').length
  compareCache(cache_l1!, calls(4_000), filled)
  compareCache(cache_l2!, calls(20_000), 0)
  assert.equal(authorization!.n, calls(4_000).filter(({ role, op }) => role && op === 'get').length)
  compareMaterialised(cache_l3!, statements)
})

/** What visitors seldom do or never: products that no cache has, a broken body, a HEAD, clients that leave. */
async function oddRequests(url: string): Promise<void> {
  const json = { 'content-type': 'application/json' }
  const post = (body: string): Promise<Response> =>
    fetch(`${url}/login`, { method: 'POST', headers: json, body })
  assert.equal((await post('{"email":')).status, 400)
  assert.equal((await fetch(`${url}/products`, { method: 'HEAD' })).status, 200)
  for (let id = 4_991; id <= 5_000; id++) await (await fetch(`${url}/products/${id}`)).text()
  const signedIn = await post(JSON.stringify({ email: 'user7@shop.example', password: SEED_PASSWORD }))
  const { token } = (await signedIn.json()) as { readonly token: string }
  for (let i = 0; i < 5; i++) await leave(`${url}/users/7/orders`, token)
}

/** Asks, and is gone before the answer: the carrier alone takes 10 ms. */
function leave(url: string, token: string): Promise<void> {
  return new Promise((gone) => {
    const asking = httpRequest(url, { agent: false, headers: { authorization: `Bearer ${token}` } })
    asking.on('error', () => {})
    asking.on('close', () => gone())
    asking.end(() => setTimeout(() => asking.destroy(), 3))
  })
}

/** Exactly as many as calls of the library, each at least as long as the library took inside it. */
function inside(reported: CountsJson, calls: readonly number[], what: string): void {
  assert.equal(reported.n, calls.length, `number of ${what}`)
  assert.equal(reported.failed, 0, what)
  const sorted = Float64Array.from(calls).sort()
  assert.ok(reported.sum_ms >= sorted.reduce((ms, one) => ms + one, 0) - 0.001, `sum of ${what}`)
  assert.ok(reported.min_ms! >= sorted[0]! - 0.001, `min of ${what}`)
  assert.ok(reported.max_ms! >= sorted.at(-1)! - 0.001, `max of ${what}`)
  for (const [q, ms] of [
    [0.5, reported.p50_ms],
    [0.95, reported.p95_ms],
    [0.99, reported.p99_ms],
  ] as const) {
    const least = Math.min(...orderStatistics(sorted, q)) * (1 - ERROR)
    assert.ok(ms! >= least - 0.001, `p${100 * q} of ${what} is at least ${least} ms, reported ${ms}`)
  }
}

function compareDatabase(
  database: CountsJson & { readonly series: readonly ({ readonly name: string } & CountsJson)[] },
  statements: readonly Sql[],
  driven: number,
): void {
  const names = new Map(
    (Object.keys(QUERIES) as QueryName[]).map((name) => [
      QUERIES[name].sql,
      `${name} ${QUERIES[name].table}`,
    ]),
  )
  const known = statements.filter(({ sql }) => names.has(sql))
  const wanted = Map.groupBy(known, ({ sql }) => names.get(sql)!)
  const tracked = database.series.filter(({ name }) => wanted.has(name))
  assert.deepEqual(tracked.map(({ name }) => name).sort(), [...wanted.keys()].sort())
  for (const one of tracked) {
    inside(
      one,
      wanted.get(one.name)!.map(({ ms }) => ms),
      one.name,
    )
  }
  // A statement inside a tracked operation is part of it; but one is tracked before any request, when the shop opens,
  // and outside of requests nothing tells that one is inside the other.
  assert.equal(database.n, driven + 1)
  assert.ok(wanted.size >= 12)
}

function compareCache(
  cache: CountsJson & { readonly series: readonly ({ readonly name: string } & CountsJson)[] },
  calls: readonly CacheCall[],
  filled: number,
): void {
  const gets = calls.filter(({ op }) => op === 'get')
  const hits = gets.filter(({ hit }) => hit).length
  const of = (name: string): CountsJson | undefined => cache.series.find((one) => one.name === name)
  assert.deepEqual([of('get')!.n, cache.hits, cache.misses], [gets.length, hits, gets.length - hits])
  assert.ok(hits > 0 && hits < gets.length)
  // Before the shop opened, its caches were filled by one operation.
  assert.equal(of('set')!.n, 1 + filled + calls.filter(({ op }) => op === 'set').length)
  assert.equal(of('del')?.n ?? 0, calls.filter(({ op }) => op === 'delete').length)
}

/** The third layer is two tables, read and written by statements of its own. */
function compareMaterialised(
  cache: CountsJson & { readonly series: readonly ({ readonly name: string } & CountsJson)[] },
  statements: readonly Sql[],
): void {
  const own = (verb: RegExp): readonly Sql[] =>
    statements.filter(({ sql }) => verb.test(sql) && /\b(product|listing)_pages\b/.test(sql))
  const gets = own(/^SELECT body FROM/)
  const hits = gets.filter(({ found }) => found).length
  assert.deepEqual([cache.hits, cache.misses], [hits, gets.length - hits])
  assert.ok(hits > 0 && hits < gets.length)
  const of = (name: string): number => cache.series.find((one) => one.name === name)?.n ?? 0
  assert.equal(of('get'), gets.length)
  assert.equal(of('set'), own(/^INSERT OR REPLACE INTO/).length)
  assert.equal(of('del'), own(/^DELETE FROM/).length)
}
