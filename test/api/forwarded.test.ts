import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forwarded } from '../../src/api/forwarded.ts'
import { api } from '../../src/api/routes.ts'
import type { ForwardedRequest } from '../../src/engine/thread/messages.ts'
import { alertingShop } from './fixture.ts'

const CHANGE: ForwardedRequest = {
  method: 'POST',
  path: '/api/v1/performance/changes',
  headers: { host: 'shop.example', 'content-type': 'application/json' },
  httpVersion: '1.1',
  body: new TextEncoder().encode('{"name":"v2"}'),
  remoteAddress: '203.0.113.9',
  granted: undefined,
}

const READ = { method: 'GET', path: '/api/v1/performance/alerts', body: undefined } as const

test('a mounted router passes on what is written', async () => {
  const { source, desk } = await alertingShop()
  const answer = forwarded(api(source), {})
  const local = { ...CHANGE, remoteAddress: '127.0.0.1', headers: { ...CHANGE.headers, host: 'localhost' } }
  assert.equal((await answer(local)).status, 201)
  assert.equal((await desk.watch()).book.lastChange?.name, 'v2')
})

test('the application may let people read; to write they need the token, or this machine', async () => {
  const { source } = await alertingShop()
  const answer = forwarded(api(source), { token: 'secret' })
  const granted = { ...CHANGE, granted: true }
  assert.equal((await answer({ ...granted, ...READ })).status, 200)
  assert.equal((await answer(granted)).status, 401)
  const headers = { ...CHANGE.headers, authorization: 'Bearer secret' }
  assert.equal((await answer({ ...granted, headers })).status, 201)
  assert.equal((await answer({ ...granted, headers, granted: false })).status, 403)
  assert.equal((await forwarded(api(source), {})(granted)).status, 403)
})
