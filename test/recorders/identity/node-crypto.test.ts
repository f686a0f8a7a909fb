import assert from 'node:assert/strict'
import * as imported from 'node:crypto'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head } from '../../../contracts/recorder/raw-client.ts'
import { Reading, said } from '../../../contracts/recorder/reading.ts'
import { scopeOf } from '../../../src/recorders/requests/request-scope.ts'
import { recorders } from '../../../src/recorders/table.ts'

/** Not in each version of Node.js, nor in the types. */
type Argon2 = (name: string, options: object, done: (error: unknown, key: Buffer) => void) => void
type Crypto = Omit<typeof imported, 'argon2'> & { readonly argon2?: Argon2 }

const required = createRequire(import.meta.url)('node:crypto') as Crypto
const REQUESTS = 60
const ARGON2 = {
  message: 'pass',
  nonce: Buffer.alloc(16),
  parallelism: 1,
  tagLength: 32,
  memory: 64,
  passes: 1,
}

/** Everything that an application can see of the functions. */
async function seen(crypto: Crypto): Promise<readonly unknown[]> {
  const { scrypt, scryptSync, pbkdf2, pbkdf2Sync } = crypto
  const said: unknown[] = [scrypt, scryptSync, pbkdf2, pbkdf2Sync].map(({ name, length }) => [name, length])
  said.push(
    scryptSync('pass', 'salt', 8).toString('hex'),
    pbkdf2Sync('pass', 'salt', 2, 8, 'sha256').toString('hex'),
  )
  const order: string[] = []
  const called = new Promise<Buffer>((done, failed) => {
    scrypt('pass', 'salt', 8, { N: 16 }, function (this: unknown, error, key) {
      order.push('called back')
      if (error) failed(error)
      else done(key)
    })
  })
  order.push('returned')
  said.push((await called).toString('hex'), order)
  said.push((await promisify<string, string, number, Buffer>(scrypt)('pass', 'salt', 8)).toString('hex'))
  said.push((await promisify(pbkdf2)('pass', 'salt', 2, 8, 'sha256')).toString('hex'))
  const failures = [
    () => scryptSync('pass', 'salt', 8, { N: 3 }),
    () => pbkdf2('pass', 'salt', 0, 8, 'sha256', () => {}),
  ]
  for (const fails of failures) {
    assert.throws(fails, (error: NodeJS.ErrnoException) => {
      said.push([error.name, error.code, error.message])
      return true
    })
  }
  return said
}

describe('passwords by node:crypto', () => {
  test('an application sees the same with and without the recorder, imported or required', async () => {
    const before = await seen(required)
    const { scrypt } = required
    const reading = new Reading()
    const attached = recorders().map((recorder) => recorder.attach(reading.ledger))
    try {
      assert.equal(imported.scrypt, required.scrypt)
      assert.notEqual(required.scrypt, scrypt)
      assert.deepEqual(await seen(required), before)
      assert.deepEqual(reading.outcomes(), {})
      assert.deepEqual(reading.errors, [])
    } finally {
      for (const detach of attached) detach()
    }
    assert.equal(required.scrypt, scrypt)
    assert.equal(imported.scrypt, scrypt)
    assert.deepEqual(await seen(required), before)
  })

  test('count as parts of the authentication that they belong to, and nowhere else', () =>
    measured(
      {},
      ({ ledger }) =>
        createServer(async (request, response) => {
          const login = async (): Promise<void> => {
            assert.equal(ledger.scopes.getStore(), scopeOf(request))
            await promisify<string, string, number, Buffer>(imported.scrypt)('pass', 'salt', 8)
            required.pbkdf2Sync('pass', 'salt', 2, 8, 'sha256')
            if (required.argon2 !== undefined) await promisify(required.argon2)('argon2id', ARGON2)
            assert.equal(ledger.scopes.getStore(), scopeOf(request))
          }
          if (request.url === '/login') await ledger.operation('authentication', 'login').track(login)
          else await login()
          response.end('done')
        }),
      async ({ open, quiet, reading }) => {
        const clients = Array.from({ length: REQUESTS }, () => open())
        for (const [i, client] of clients.entries())
          client.send(head('GET', i % 2 === 0 ? '/login' : '/export'))
        for (const client of clients) await client.received(/done/)
        await quiet()
        assert.deepEqual(reading.outcomes(), {
          'request GET (no route)': said(REQUESTS),
          'authentication login': said(REQUESTS / 2),
          'authentication (crypto.scrypt)': said(REQUESTS / 2),
          'authentication (crypto.pbkdf2)': said(REQUESTS / 2),
          ...(required.argon2 === undefined ? {} : { 'authentication (crypto.argon2)': said(REQUESTS / 2) }),
        })
        const calls = [...reading.counts().values()].map(
          (each) => each.breakdown?.get('authentication')?.calls ?? 0,
        )
        assert.equal(Math.max(...calls), REQUESTS / 2)
        assert.deepEqual(reading.errors, [])
      },
    ))

  test('count on the route of a login, in its place: it would count twice', () =>
    measured(
      {},
      ({ ledger }) => {
        const express = createRequire(import.meta.url)('express') as typeof import('express')
        const derive = () => promisify<string, string, number, Buffer>(imported.scrypt)('pass', 'salt', 8)
        const app = express()
        for (const path of ['/login', '/export']) {
          app.post(path, async (_request, response) => {
            await derive()
            response.send('done')
          })
        }
        app.post('/auth/tracked', async (_request, response) => {
          await ledger.operation('authentication', 'password').track(derive)
          response.send('done')
        })
        app.post('/auth/connects', async (_request, response) => {
          const prove = () => required.pbkdf2Sync('pass', 'salt', 2, 8, 'sha256')
          await ledger.operation('database', 'SELECT users').track(async () => prove())
          response.send('done')
        })
        app.get('/login', (_request, response) => {
          required.pbkdf2Sync('pass', 'salt', 2, 8, 'sha256')
          response.send('form')
        })
        return createServer(app)
      },
      async ({ ask, quiet, reading }) => {
        for (const [method, path] of [
          ['POST', '/login'],
          ['POST', '/login'],
          ['POST', '/export'],
          ['POST', '/auth/tracked'],
          ['POST', '/auth/connects'],
          ['GET', '/login'],
        ] as const)
          assert.match(await ask(head(method, path)), / 200 /)
        await quiet()
        assert.deepEqual(reading.outcomes(), {
          'request POST /login': said(2),
          'request POST /export': said(1),
          'request POST /auth/tracked': said(1),
          'request POST /auth/connects': said(1),
          'database SELECT users': said(1),
          'authentication POST /auth/connects': said(1),
          'request GET /login': said(1),
          'authentication crypto.scrypt': said(2),
          'authentication password': said(1),
          'authentication (crypto.scrypt)': said(1),
        })
        assert.equal(reading.counts().get('request POST /login')?.breakdown?.get('authentication')?.calls, 2)
        assert.deepEqual(reading.errors, [])
      },
    ))
})
