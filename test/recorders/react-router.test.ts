import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { test } from 'node:test'
import { measured } from '../../contracts/recorder/measured-server.ts'
import { head } from '../../contracts/recorder/raw-client.ts'
import { said } from '../../contracts/recorder/reading.ts'
import type { ExpressModule } from './express-application.ts'
import { imported, noFrameworks, required } from './frameworks.ts'

interface Asked {
  readonly params: Readonly<Record<string, string>>
}
interface Node {
  createRequestListener(options: { readonly build: object }): RequestListener
}
interface Express {
  createRequestHandler(options: { readonly build: object }): RequestListener
}

/** What the framework's compiler makes of an application, by hand: one route that answers for itself. */
const build = {
  entry: {
    module: {
      default: (_asked: Request, status: number) => new Response('page', { status }),
      handleError: () => {},
    },
  },
  routes: {
    user: {
      id: 'user',
      path: 'users/:id',
      module: {
        loader: ({ params }: Asked) => {
          if (params.id === 'broken') throw new Response('broken', { status: 503 })
          return new Response(`user ${params.id}`)
        },
        action: ({ params }: Asked) => new Response(`saved ${params.id}`, { status: 201 }),
      },
    },
  },
  assets: { entry: { imports: [], module: '' }, routes: {}, url: '', version: '' },
  publicPath: '/',
  assetsBuildDirectory: '',
  future: {},
  ssr: true,
  isSpaMode: false,
  prerender: [],
  routeDiscovery: { mode: 'initial' },
}

const ways: readonly {
  readonly name: string
  readonly serve: () => Promise<RequestListener>
  readonly route: string
}[] = [
  {
    name: "Node's server",
    serve: async () => (await imported<Node>('@react-router/node')).createRequestListener({ build }),
    route: '(no route)',
  },
  {
    name: 'Express, for whatever comes',
    serve: async () => {
      const { createRequestHandler } = await imported<Express>('@react-router/express')
      const app = required<ExpressModule>('express')()
      app.use(createRequestHandler({ build }) as never)
      return app as never
    },
    route: '(no route)',
  },
  {
    name: 'Express, as a route',
    serve: async () => {
      const { createRequestHandler } = await imported<Express>('@react-router/express')
      const app = required<ExpressModule>('express')()
      app.all('/{*path}', createRequestHandler({ build }) as never)
      return app as never
    },
    route: '/{*path}',
  },
]

for (const { name, serve, route } of ways) {
  test(`React Router in a server of one's own: ${name}`, { skip: noFrameworks }, () =>
    measured(
      {},
      async () => createServer(await serve()),
      async ({ ask, reading, quiet }) => {
        assert.match(await ask(head('GET', '/users/7')), /^HTTP\/1\.1 200 .+user 7/s)
        assert.match(await ask(head('GET', '/users/broken')), /^HTTP\/1\.1 503 /)
        assert.match(await ask(head('POST', '/users/7', 'Content-Length: 0')), /^HTTP\/1\.1 201 .+saved 7/s)
        assert.match(await ask(head('GET', '/nothing')), /^HTTP\/1\.1 404 /)
        await quiet()
        const expected = {
          [`request GET ${route}`]: said(1, 1),
          [`request POST ${route}`]: said(1),
          'request GET (unmatched)': said(1),
        }
        assert.deepEqual(reading.outcomes(), expected)
        assert.deepEqual(reading.errors, [])
      },
    ),
  )
}
