import assert from 'node:assert/strict'
import { api } from '../../src/api/routes.ts'
import { alertingShop } from './fixture.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON from outside; the schemas have a test of their own
export type Json = any
export type App = ReturnType<typeof api>

export const ROOT = '/api/v1/performance'

export async function ask(app: App, path: string, status = 200): Promise<Json> {
  const response = await app.request(ROOT + path)
  assert.equal(response.status, status, path)
  return response.json()
}

export async function send(
  app: App,
  method: string,
  path: string,
  body: unknown,
  status = 200,
): Promise<Json> {
  const response = await app.request(ROOT + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = await response.json()
  assert.equal(response.status, status, JSON.stringify(answer))
  return answer
}

/** Before what the shop's snapshot is of. */
export const secondsAgo = (seconds: number): number => Date.UTC(2026, 0, 10, 12, 0, 5) - seconds * 1000

export async function shop(): Promise<Awaited<ReturnType<typeof alertingShop>> & { readonly app: App }> {
  const made = await alertingShop()
  return { ...made, app: api(made.source) }
}
