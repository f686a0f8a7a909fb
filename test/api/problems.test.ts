import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PROBLEM_TYPE } from '../../src/api/problem.ts'
import { api } from '../../src/api/routes.ts'
import { problemSchema } from '../../src/api/schemas.ts'
import { shopSlices, snapshotOf, sourceOf } from './fixture.ts'

const source = sourceOf(snapshotOf(shopSlices()))
const app = api(source)
const ROOT = '/api/v1/performance'

async function problemOf(response: Response): Promise<ReturnType<typeof problemSchema.parse>> {
  assert.equal(response.headers.get('content-type'), PROBLEM_TYPE)
  assert.equal(response.headers.get('cache-control'), 'no-store')
  const body = problemSchema.parse(await response.json())
  assert.equal(body.status, response.status)
  return body
}

test('a window that does not exist is refused with the ones that do', async () => {
  const body = await problemOf(await app.request(`${ROOT}/metrics?window=2min`))
  assert.equal(body.type, 'urn:yardstick:problem:invalid-parameter')
  assert.equal(body.status, 400)
  assert.equal(body.instance, `${ROOT}/metrics`)
  assert.equal(body.detail, 'Expected window to be one of 1min, 5min, 1hour, 1day, got "2min".')
  assert.deepEqual(body.errors, [{ parameter: 'window', detail: body.detail }])
})

test('an empty, repeated, misspelt or unknown parameter is refused', async () => {
  for (const query of [
    'window=',
    'window=1min&window=1min',
    'Window=1min',
    'windows=1min',
    'x',
    'window[]=1min',
  ]) {
    assert.equal((await problemOf(await app.request(`${ROOT}/health?${query}`))).status, 400, query)
  }
  for (const path of ['', '/silences', '/targets', '/self', '/openapi.json']) {
    const body = await problemOf(await app.request(`${ROOT}${path}?window=1min`))
    assert.equal(body.detail, 'Expected no parameters, got "window".')
  }
})

test('a long value is not echoed in full', async () => {
  const body = await problemOf(
    await app.request(`${ROOT}/metrics?window=${'x'.repeat(5000)}&${'y'.repeat(5000)}=1`),
  )
  assert.ok(body.detail.length < 300)
})

test('all good windows are taken, none means the default', async () => {
  for (const window of ['1min', '5min', '1hour', '1day']) {
    assert.equal(await windowOf(app, `${ROOT}/metrics?window=${window}`), window)
  }
  const hourly = api({ ...source, settings: () => ({ ...source.settings(), defaultWindow: '1hour' }) })
  assert.equal(await windowOf(hourly, `${ROOT}/metrics`), '1hour')
})

async function windowOf(asked: typeof app, path: string): Promise<unknown> {
  return ((await (await asked.request(path)).json()) as { window?: unknown }).window
}

test('an unknown path is 404', async () => {
  for (const path of ['/', '/api', `${ROOT}/nope`, `${ROOT}/metrics/`, `${ROOT}/metrics/x`, `${ROOT}s`]) {
    const body = await problemOf(await app.request(path))
    assert.deepEqual([body.status, body.instance], [404, path])
  }
})

test('another method is 405 and says which are allowed', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
    const response = await app.request(`${ROOT}/metrics`, { method })
    assert.equal(response.headers.get('allow'), 'GET, HEAD')
    assert.equal((await problemOf(response)).status, 405)
  }
  assert.equal((await app.request(`${ROOT}/nope`, { method: 'POST' })).status, 404)
})

test('HEAD answers as GET does, without the body', async () => {
  for (const path of ['', '/metrics', '/openapi.json', '/metrics?window=x', '/nope']) {
    const got = await app.request(ROOT + path)
    const headed = await app.request(ROOT + path, { method: 'HEAD' })
    assert.equal(headed.status, got.status)
    assert.equal(await headed.text(), '')
    assert.deepEqual([...headed.headers], [...got.headers])
  }
})

test('an error of our own is a plain 500 and is reported, not shown', async () => {
  const seen: unknown[] = []
  const failing = api({
    ...source,
    snapshot: () => {
      throw new Error('/srv/secret/path')
    },
    onError: (error) => seen.push(error),
  })
  const response = await failing.request(`${ROOT}/metrics`)
  const text = await response.clone().text()
  const body = await problemOf(response)
  assert.equal(body.type, 'urn:yardstick:problem:internal-error')
  assert.ok(!text.includes('secret'))
  assert.match(String(seen[0]), /secret/)
})

test('of thousands of bad parameters ten are listed, and how many more there are', async () => {
  const query = Array.from({ length: 3500 }, (_, i) => `p${i}=1`).join('&')
  const response = await app.request(`${ROOT}/metrics?${query}`)
  const body = await problemOf(response)
  assert.deepEqual(
    body.errors?.map(({ parameter }) => parameter),
    Array.from({ length: 10 }, (_, i) => `p${i}`),
  )
  assert.match(body.detail, /got "p9"\. 3490 more are not valid either\.$/)
  assert.ok(JSON.stringify(body).length < 4000)
})
