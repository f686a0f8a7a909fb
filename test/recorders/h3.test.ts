import assert from 'node:assert/strict'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { test } from 'node:test'
import { measured } from '../../contracts/recorder/measured-server.ts'
import { head } from '../../contracts/recorder/raw-client.ts'
import { said } from '../../contracts/recorder/reading.ts'
import type { Stage } from '../../contracts/recorder/stage.ts'
import { frameworkContract } from '../../contracts/recorder.ts'
import { imported, noFrameworks, required } from './frameworks.ts'

interface Event {
  readonly req: Request
  readonly res: { statusText: string }
  readonly context: { readonly params?: Readonly<Record<string, string>> }
}
type Handler = (event: Event) => unknown
type Middleware = (event: Event, next: () => unknown) => unknown
interface Application {
  readonly fetch: (request: Request) => Response | Promise<Response>
  get(path: string, handler: Handler): this
  post(path: string, handler: Handler): this
  use(...given: (string | Middleware)[]): this
  mount(path: string, application: Application | { readonly fetch: Application['fetch'] }): this
}
interface H3Module {
  readonly H3: new (options?: { readonly silent: boolean }) => Application
  readonly HTTPError: new (options: { readonly status: number }) => Error
  fromNodeHandler(handler: (request: IncomingMessage, response: ServerResponse) => unknown): Handler
  toNodeHandler(application: Application): RequestListener
}

type Load = <T>(name: string) => T | Promise<T>
const ways: readonly (readonly [name: string, load: Load])[] = [
  ['h3 2', imported],
  ['h3 2, required', required],
]

for (const [name, load] of noFrameworks === undefined ? ways : []) {
  frameworkContract({
    name,
    hasRoutes: true,
    open: async (stage) => application(await load<H3Module>('h3'), stage),
  })
}

test('h3: an application that is mounted by its fetch has its routes under the mount', {
  skip: noFrameworks,
}, async () => {
  const { H3, toNodeHandler } = await imported<H3Module>('h3')
  await measured(
    {},
    () => {
      const inner = new H3().get('/items/:id', fine).get('/', fine)
      const app = new H3().mount('/shop', { fetch: inner.fetch })
      return createServer(toNodeHandler(app))
    },
    async ({ ask, reading, quiet }) => {
      for (const path of ['/shop/items/7', '/shop', '/shop/nothing']) await ask(head('GET', path))
      await quiet()
      assert.deepEqual(reading.outcomes(), {
        'request GET /shop/items/:id': said(1),
        'request GET /shop': said(1),
        'request GET (unmatched)': said(1),
      })
      assert.deepEqual(reading.errors, [])
    },
  )
})

function application({ H3, HTTPError, fromNodeHandler, toNodeHandler }: H3Module, stage: Stage): Server {
  const app = new H3({ silent: true })
  app.use(passing)
  app.use('/private', () => {
    throw new HTTPError({ status: 401 })
  })
  app.get('/ok', (event) => {
    event.res.statusText = 'OK'
    return 'fine'
  })
  app.get('/users/:id', (event) => {
    const id = event.context.params?.id
    if (id === '0') throw new HTTPError({ status: 404 })
    return `user ${id}`
  })
  app.get('/throws', () => {
    throw new Error('thrown')
  })
  app.get('/rejects', () => Promise.reject(new Error('rejected')))
  app.get('/private', fine)
  app.post('/json', async (event) => {
    await event.req.json().catch(() => {
      throw new HTTPError({ status: 400 })
    })
    return 'read'
  })
  app.post(
    '/echo',
    fromNodeHandler((request, response) => stage.echo(request, response)),
  )
  app.get(
    '/stream',
    fromNodeHandler((_request, response) => stage.stream(response)),
  )
  app.get(
    '/slow',
    fromNodeHandler((_request, response) => stage.slow(response)),
  )
  app.get(
    '/partial',
    fromNodeHandler((_request, response) => stage.partial(response)),
  )
  app.get(
    '/events',
    fromNodeHandler((request, response) => void stage.events(request, response)),
  )
  app.get(
    '/cut',
    fromNodeHandler((request, response) => {
      stage.cut(request, response)
      // Else h3 takes it for answered, and ends it.
      return new Promise((resolve) => response.once('close', resolve))
    }),
  )
  const admin = new H3()
  admin.get('/audit/:day', fine)
  const api = new H3()
  api.use(passing)
  api.get('/users/:uid/posts/:pid', fine)
  api.get('/broken', () => {
    throw new Error('broken')
  })
  api.mount('/admin', admin)
  const reports = new H3()
  reports.get('/:id', fine)
  app.mount('/api/:version', api)
  app.mount('/api/:version/reports', reports)
  return createServer(toNodeHandler(app))
}

const passing: Middleware = (_event, next) => next()
const fine: Handler = () => 'fine'
