import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { BASE } from '../../src/api/endpoint.ts'
import { ENDPOINTS } from '../../src/api/endpoints.ts'
import { PROBLEMS } from '../../src/api/problem.ts'
import { api } from '../../src/api/routes.ts'
import { alertingShop } from './fixture.ts'

const docs = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
/** The heading's method and path, and what is under it: the body that is sent, and the answer. */
const sections = docs
  .split(/^### (?=GET|POST|DELETE)/m)
  .slice(1)
  .map((section) => {
    const [heading = '', ...rest] = section.split(/^## /m, 1)[0]!.split('\n')
    const [method, path] = heading.split(' ')
    const text = rest.join('\n')
    const block = (kind: string) => new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, 'ms').exec(text)?.[1]
    return { method: method!, path: path!, body: block('json request'), example: block('json') }
  })

test('the page describes every endpoint, in order', () => {
  assert.deepEqual(
    sections.map(({ method, path }) => `${method} ${path}`),
    ENDPOINTS.map(({ method, path }) => `${method} ${BASE}${path}`),
  )
})

/** What the parts of the paths stand for in the examples. */
function filled(path: string): string {
  const parts: readonly (readonly [string, string])[] = [
    ['/alerts/:id', '/alerts/9da9bc6875b0e056d072'],
    ['/silences/:id', '/silences/9851553d6a3198b2df8c'],
    ['/maintenance/:name', '/maintenance/backup'],
    ['/notifiers/:name', '/notifiers/team'],
  ]
  return parts.reduce((text, [part, value]) => text.replace(part, value), path)
}

test('its examples are parts of real answers, on the bodies that it shows', async () => {
  const shown = sections.flatMap(({ example, ...rest }) =>
    example === undefined ? [] : [{ ...rest, example }],
  )
  assert.equal(shown.length, ENDPOINTS.length - 1)
  for (const { method, path, body, example } of shown) {
    assert.equal(body === undefined, method === 'GET', path)
    const headers = { 'content-type': 'application/json' }
    const app = api((await alertingShop()).source)
    const init = body === undefined ? { method } : { method, headers, body }
    const answer = (await (await app.request(filled(path), init)).json()) as object
    assertPart(JSON.parse(example), answer, `${method} ${path}`)
    // What was made is asked for by its id.
    assert.equal(method === 'POST' && 'id' in answer, method === 'POST' && 'id' in JSON.parse(example), path)
  }
  const problem = docs.split('## Problems')[1]!
  const example: unknown = JSON.parse(/^```json\n(.*?)^```/ms.exec(problem)![1]!)
  const app = api((await alertingShop()).source)
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
