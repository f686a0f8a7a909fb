import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import type { Express, NextFunction, Request, Response } from 'express'
import { measured } from '../../contracts/recorder/measured-server.ts'
import { head } from '../../contracts/recorder/raw-client.ts'
import { said } from '../../contracts/recorder/reading.ts'
import { type ExpressModule, passing } from './express-application.ts'
import { installed, isInstalled } from './installed.ts'

interface Case {
  readonly name: string
  readonly routes: (app: Express, express: ExpressModule) => void
  readonly asks: readonly (readonly [method: string, path: string])[]
  readonly recorded: Readonly<Record<string, string>>
  /** Where path syntax differs. */
  readonly only?: RegExp
}

const fine = (_request: Request, response: Response): void => void response.send('fine')

const cases: readonly Case[] = [
  {
    name: 'paths that are expressions or lists',
    routes: (app) => {
      app.get(/^\/v\d+\/exact$/, fine)
      app.get(['/a', '/b/:id'], fine)
    },
    asks: [
      ['GET', '/v12/exact'],
      ['GET', '/a'],
      ['GET', '/b/7'],
    ],
    recorded: { 'request GET /^\\/v\\d+\\/exact$/': said(1), 'request GET /a|/b/:id': said(2) },
  },
  {
    name: 'a mount on a list or an expression',
    routes: (app, express) => {
      const router = express.Router()
      router.get('/:id', fine)
      app.use(['/one', '/two'], router)
      app.use(/^\/three\d/, router)
    },
    asks: [
      ['GET', '/two/5'],
      ['GET', '/three3/5'],
    ],
    recorded: { 'request GET /one|/two/:id': said(1), 'request GET /^\\/three\\d//:id': said(1) },
  },
  {
    name: 'static files and answers of middleware have no route',
    routes: (app) => {
      app.use('/assets', (request, response, next) =>
        request.path === '/logo.svg' ? fine(request, response) : next(),
      )
    },
    asks: [
      ['GET', '/assets/logo.svg'],
      ['GET', '/assets/missing.svg'],
    ],
    recorded: { 'request GET (no route)': said(1), 'request GET (unmatched)': said(1) },
  },
  {
    name: 'an application within an application, the same router twice, a router at the root of a mount',
    routes: (app, express) => {
      const leaf = express.Router({ mergeParams: true })
      leaf.get('/', fine)
      leaf.get('/:id', fine)
      const inner = express()
      inner.use('/shelf/:shelf', leaf)
      app.use('/store/:store', inner)
      const rooted = express.Router()
      rooted.use('/', leaf)
      app.use('/red/:x', rooted)
      app.use('/blue', passing, leaf)
    },
    asks: [
      ['GET', '/store/3/shelf/4/5'],
      ['GET', '/store/3/shelf/4'],
      ['GET', '/red/1/2'],
      ['GET', '/blue/2'],
    ],
    recorded: {
      'request GET /store/:store/shelf/:shelf/:id': said(1),
      'request GET /store/:store/shelf/:shelf': said(1),
      'request GET /red/:x/:id': said(1),
      'request GET /blue/:id': said(1),
    },
  },
  {
    name: 'mounts that fall through, of other depth and with the same text',
    routes: (app, express) => {
      const empty = express.Router()
      const leaf = express.Router()
      leaf.get('/:id', fine)
      app.use('/:tenant', empty)
      app.use('/:org/:team', empty)
      app.use('/:who/members', leaf)
    },
    asks: [['GET', '/acme/members/7']],
    recorded: { 'request GET /:who/members/:id': said(1) },
  },
  {
    name: 'a chain of handlers, handlers for all methods, HEAD and OPTIONS',
    routes: (app) => {
      app.all('/door/:id', passing)
      app.route('/door/:id').get(passing, fine).put(fine)
    },
    asks: [
      ['GET', '/door/1'],
      ['PUT', '/door/1'],
      ['HEAD', '/door/1'],
      ['DELETE', '/door/1'],
    ],
    recorded: {
      'request GET /door/:id': said(1),
      'request PUT /door/:id': said(1),
      'request HEAD /door/:id': said(1),
      'request DELETE /door/:id': said(1),
    },
  },
  {
    name: 'errors handled within a route, within a mount, outside of both',
    routes: (app, express) => {
      const broken = (): never => {
        throw new Error('broken')
      }
      const handled = (_error: unknown, _request: Request, response: Response, _next: NextFunction): void =>
        void response.status(503).send('sorry')
      const router = express.Router()
      router.get('/deep/:id', broken)
      router.use(handled)
      app.get('/near/:id', broken, handled)
      app.use('/api/:v', router)
      app.get('/far/:id', broken)
      app.use('/api/:v', handled)
      app.use(handled)
    },
    asks: [
      ['GET', '/near/1'],
      ['GET', '/api/1/deep/2'],
      ['GET', '/far/1'],
    ],
    recorded: {
      'request GET /near/:id': said(0, 1),
      'request GET /api/:v/deep/:id': said(0, 1),
      'request GET /far/:id': said(0, 1),
    },
  },
  {
    name: 'turned away by a handler of a parameter',
    routes: (app, express) => {
      const router = express.Router()
      router.param('id', (_request, response) => void response.status(400).send('no number'))
      router.get('/items/:id', fine)
      app.use('/api/:v', router)
    },
    asks: [['GET', '/api/1/items/x']],
    recorded: { 'request GET /api/:v/items/:id': said(1) },
  },
  {
    name: 'a 404 behind a catch-all route is unmatched, its other answers are its own',
    routes: (app) => {
      app.get('/{*rest}', (request, _response, next) =>
        request.path === '/page' ? fine(request, _response) : next(),
      )
    },
    asks: [
      ['GET', '/page'],
      ['GET', '/wp-login.php'],
    ],
    recorded: { 'request GET /{*rest}': said(1), 'request GET (unmatched)': said(1) },
    only: /^express(51)?$/,
  },
  {
    name: 'a 404 behind a catch-all route is unmatched, its other answers are its own (Express 4)',
    routes: (app) => {
      app.get('*', (request, _response, next) =>
        request.path === '/page' ? fine(request, _response) : next(),
      )
    },
    asks: [
      ['GET', '/page'],
      ['GET', '/wp-login.php'],
    ],
    recorded: { 'request GET *': said(1), 'request GET (unmatched)': said(1) },
    only: /^express4$/,
  },
  {
    name: 'a method that middleware has put in the place of the real one',
    routes: (app) => {
      app.use((request, response) => {
        request.method = 'JUMP'
        fine(request, response)
      })
    },
    asks: [['POST', '/field']],
    recorded: { 'request _OTHER (no route)': said(1) },
  },
]

for (const name of ['express', 'express4', 'express51'].filter(isInstalled)) {
  describe(`templates of ${name}`, () => {
    for (const { name: title, routes, asks, recorded } of cases.filter(
      ({ only }) => only?.test(name) ?? true,
    )) {
      test(title, () =>
        measured(
          {},
          () => {
            const express = installed<ExpressModule>(name)!
            const app = express()
            routes(app, express)
            return createServer(app)
          },
          async ({ reading, ask, quiet }) => {
            for (const [method, path] of asks) await ask(head(method, path))
            await quiet()
            assert.deepEqual(reading.outcomes(), recorded)
            assert.deepEqual(reading.errors, [])
          },
        ),
      )
    }
  })
}
