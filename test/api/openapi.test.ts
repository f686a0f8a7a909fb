import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { BASE } from '../../src/api/endpoint.ts'
import { ENDPOINTS } from '../../src/api/endpoints.ts'
import { openapi } from '../../src/api/openapi.ts'
import { api } from '../../src/api/routes.ts'
import { named } from '../../src/api/schemas.ts'
import { WINDOW_NAMES } from '../../src/measure/window.ts'
import { alertingShop, shopSlices, snapshotOf, sourceOf } from './fixture.ts'

const document = openapi(ENDPOINTS)
const READABLE = ENDPOINTS.filter(({ method, path }) => method === 'GET' && !path.includes(':'))
const golden = fileURLToPath(new URL('../golden/openapi.json', import.meta.url))

test('the document is the one that was agreed on (UPDATE_GOLDEN=1 writes it anew)', () => {
  const text = `${JSON.stringify(document, undefined, 2)}\n`
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, text)
  assert.ok(existsSync(golden))
  assert.equal(text, readFileSync(golden, 'utf8'))
})

test('real answers, of a busy and of an idle service, are what the schemas say, to the last field', async () => {
  const { source } = await alertingShop()
  for (const each of [source, sourceOf(snapshotOf(shopSlices())), sourceOf(snapshotOf([]))]) {
    const app = api(each)
    for (const endpoint of READABLE) {
      for (const query of endpoint.windowed ? WINDOW_NAMES.map((name) => `?window=${name}`) : ['']) {
        const response = await app.request(`${BASE}${endpoint.path}${query}`)
        const result = endpoint.response.safeParse(await response.json())
        assert.ok(result.success, `${endpoint.path}${query}: ${result.error?.message}`)
      }
    }
  }
})

test('every route is in the document, and every path of the document is a route', async () => {
  const app = api(sourceOf(snapshotOf([])))
  const routes = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  const documented = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  )
  assert.deepEqual(routes.sort(), documented.sort())
  for (const { path } of READABLE) assert.equal((await app.request(BASE + path)).status, 200, path)
})

test('names are unique, every schema has a place, every reference an end', () => {
  const names = ENDPOINTS.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const { response, path } of ENDPOINTS)
    assert.ok(named.get(response)?.id, `${path} has a named response`)
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to!)
  for (const reference of references) {
    const [start, ...steps] = reference.split('/')
    assert.equal(start, '#')
    let at: unknown = document
    for (const step of steps) at = (at as Record<string, unknown>)[step]
    assert.ok(at !== undefined, reference)
  }
  const used = new Set(references)
  for (const id of Object.keys(document.components.schemas)) {
    assert.ok(used.has(`#/components/schemas/${id}`), `${id} is used`)
  }
})

test('no schema forbids fields that later versions may add', () => {
  assert.ok(!JSON.stringify(document).includes('"additionalProperties":false'))
})
