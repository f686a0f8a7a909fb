import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { measured } from '../../contracts/recorder/measured-server.ts'
import { head } from '../../contracts/recorder/raw-client.ts'
import { said } from '../../contracts/recorder/reading.ts'

type Handler = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void
interface Router extends Handler {
  use(...given: unknown[]): void
  get(path: unknown, ...handlers: Handler[]): void
  param(name: string, handler: Handler): void
}
type MakeRouter = () => Router

const require = createRequire(import.meta.url)
// A bundler puts the router into a file of another name: then its layers can only be heard.
const directory = mkdtempSync(join(tmpdir(), 'yardstick-bundle-'))
const source = dirname(require.resolve('router'))
cpSync(source, join(directory, 'bundled'), { recursive: true })
symlinkSync(dirname(source), join(directory, 'node_modules'))
after(() => rmSync(directory, { recursive: true, force: true }))

const fine: Handler = (_request, response) => void response.end('fine')
const passing: Handler = (_request, _response, next) => next()

test('a router that was bundled tells its routes by what it publishes', () =>
  measured(
    {},
    () => {
      const make = require(join(directory, 'bundled')) as MakeRouter
      const [app, api, admin, reports] = [make(), make(), make(), make()]
      admin.get('/audit/:day', passing, fine)
      api.use(passing)
      api.param('uid', (request, response, next) => {
        if (request.url?.includes('/bad') === true) response.writeHead(400).end()
        else next()
      })
      api.get('/users/:uid', fine)
      api.get('/broken', (_request, _response, next) => next(new Error('broken')))
      api.use('/admin', admin)
      reports.get(['/:id', '/all/:kind'], fine)
      app.get(/^\/v\d$/, fine)
      app.use('/api/:version', passing, api)
      app.use('/api/:version/reports', reports)
      app.use((_error: unknown, _request: unknown, response: ServerResponse, _next: unknown) => {
        response.writeHead(500).end()
      })
      return createServer((request, response) => app(request, response, () => response.writeHead(404).end()))
    },
    async ({ ask, reading, quiet }) => {
      const paths = [
        'users/7',
        'users/bad',
        'broken',
        'admin/audit/monday',
        'reports/3',
        'reports/all/x',
        'none',
      ]
      for (const path of paths) await ask(head('GET', `/api/v1/${path}`))
      await ask(head('GET', '/v7'))
      await quiet()
      assert.deepEqual(reading.outcomes(), {
        'request GET /api/:version/users/:uid': said(2),
        'request GET /api/:version/broken': said(0, 1),
        'request GET /api/:version/admin/audit/:day': said(1),
        'request GET /api/:version/reports/:id|/api/:version/reports/all/:kind': said(2),
        'request GET (unmatched)': said(1),
        'request GET /^\\/v\\d$/': said(1),
      })
      assert.deepEqual(reading.errors, [])
    },
  ))
