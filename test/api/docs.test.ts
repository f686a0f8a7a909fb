import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { BASE } from '../../src/api/endpoint.ts'
import { ENDPOINTS } from '../../src/api/endpoints.ts'
import { PROBLEMS } from '../../src/api/problem.ts'
import { api } from '../../src/api/routes.ts'
import { shopSlices, snapshotOf, sourceOf } from './fixture.ts'

const docs = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
const app = api(sourceOf(snapshotOf(shopSlices())))

/** The heading's path, and the JSON example under it if any. */
const sections = docs
  .split(/^### GET /m)
  .slice(1)
  .map((section) => ({
    path: section.split('\n', 1)[0]!,
    example: /^```json\n(.*?)^```/ms.exec(section.split(/^## /m, 1)[0]!)?.[1],
  }))

test('the page describes every endpoint, in order', () => {
  assert.deepEqual(
    sections.map(({ path }) => path),
    ENDPOINTS.map(({ path }) => BASE + path),
  )
})

test('its examples are parts of real answers', async () => {
  const shown = sections.flatMap(({ path, example }) => (example === undefined ? [] : [{ path, example }]))
  assert.equal(shown.length, ENDPOINTS.length - 1)
  for (const { path, example } of shown) {
    assertPart(JSON.parse(example), await (await app.request(path)).json(), path)
  }
  const problem = docs.split('## Problems')[1]!
  const example: unknown = JSON.parse(/^```json\n(.*?)^```/ms.exec(problem)![1]!)
  assert.deepEqual(example, await (await app.request(`${BASE}/metrics?window=2min`)).json())
})

test('it lists every problem with its status and title', () => {
  const rows = [...docs.matchAll(/^\| `urn:yardstick:problem:([a-z-]+)` \| (\d+) \| (.+?) \|/gm)]
  assert.deepEqual(
    Object.fromEntries(rows.map(([, slug, status, title]) => [slug, { status: Number(status), title }])),
    PROBLEMS,
  )
})

/** Objects may lack fields and arrays elements; whatever is shown has to be there. */
function assertPart(part: unknown, whole: unknown, at: string): void {
  if (Array.isArray(part) && Array.isArray(whole)) {
    let from = 0
    for (const [i, element] of part.entries()) {
      while (from < whole.length && !isPart(element, whole[from])) from++
      assert.ok(from < whole.length, `${at}[${i}] is in the answer`)
      from++
    }
  } else if (isObject(part) && isObject(whole)) {
    for (const [key, value] of Object.entries(part)) assertPart(value, whole[key], `${at}.${key}`)
  } else {
    assert.deepEqual(part, whole, at)
  }
}

function isPart(part: unknown, whole: unknown): boolean {
  try {
    assertPart(part, whole, '')
    return true
  } catch {
    return false
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
