import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head } from '../../../contracts/recorder/raw-client.ts'
import { said } from '../../../contracts/recorder/reading.ts'
import type { Ledger } from '../../../src/measure/ledger.ts'
import type { HttpOptions } from '../../../src/recorders/requests/http-options.ts'

const require = createRequire(import.meta.url)

function application(ledger: Ledger) {
  const express = require('express') as typeof import('express')
  const app = express()
  for (const path of ['/login', '/api/auth/refresh', '/session', '/things']) {
    app.post(path, (_request, response) => void response.status(422).send('no'))
  }
  app.get('/login', (_request, response) => void response.send('form'))
  app.post('/oauth/token', (_request, response) => void response.status(500).send('broken'))
  app.post('/signin', (_request, response) => {
    ledger.operation('authentication', 'jwt_validation').track(() => {})
    response.send('fine')
  })
  return createServer(app)
}

async function counted(options: HttpOptions, requests: readonly string[]): Promise<Record<string, string>> {
  let counts: Record<string, string> = {}
  await measured(
    options,
    ({ ledger }) => application(ledger),
    async ({ ask, reading, quiet }) => {
      for (const request of requests) {
        const [method, path] = request.split(' ') as [string, string]
        await ask(head(method, path))
      }
      await quiet()
      assert.deepEqual(reading.errors, [])
      counts = { ...reading.outcomes() }
    },
  )
  return counts
}

describe('logins by route', () => {
  test('count as authentication too, refused ones as ok', async () => {
    const counts = await counted({}, [
      'POST /login',
      'POST /login?password=secret',
      'GET /login',
      'POST /api/auth/refresh',
      'POST /oauth/token',
      'POST /things',
    ])
    assert.deepEqual(counts, {
      'request POST /login': said(2),
      'request GET /login': said(1),
      'request POST /api/auth/refresh': said(1),
      'request POST /oauth/token': said(0, 1),
      'request POST /things': said(1),
      'authentication POST /login': said(2),
      'authentication POST /api/auth/refresh': said(1),
      'authentication POST /oauth/token': said(0, 1),
    })
  })

  test('not where the component has recorded something in the request: it would count twice', async () => {
    assert.deepEqual(await counted({}, ['POST /signin']), {
      'request POST /signin': said(1),
      'authentication jwt_validation': said(1),
    })
  })

  test('are those that the options name, or none', async () => {
    assert.deepEqual(await counted({ logins: ['POST /session'] }, ['POST /login', 'POST /session']), {
      'request POST /login': said(1),
      'request POST /session': said(1),
      'authentication POST /session': said(1),
    })
    assert.deepEqual(await counted({ logins: [] }, ['POST /login']), { 'request POST /login': said(1) })
  })
})
