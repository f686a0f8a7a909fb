import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { measured } from '../../contracts/recorder/measured-server.ts'
import { head } from '../../contracts/recorder/raw-client.ts'
import { said } from '../../contracts/recorder/reading.ts'
import { scopeOf } from '../../src/recorders/requests/request-scope.ts'
import type { ExpressModule } from './express-application.ts'
import { installed } from './installed.ts'

interface Application {
  prepare(): Promise<void>
  getRequestHandler(): RequestListener
  close(): Promise<void>
}

const FOLDER = resolve('test/next')
const DIRECTORY = join(FOLDER, 'application')
const require = createRequire(join(FOLDER, 'package.json'))
const skip = existsSync(join(FOLDER, 'node_modules'))
  ? false
  : 'Next.js is not installed (npm ci --prefix test/next)'

/** Pages and route handlers of both of its routers. */
const FILES: Readonly<Record<string, string>> = {
  'app/layout.js': 'export default ({ children }) => <html><body>{children}</body></html>',
  'app/page.js': 'export default () => <p>home</p>',
  'app/users/[id]/page.js': `
    export const dynamic = 'force-dynamic'
    export default async ({ params }) => <p>user {(await params).id}</p>`,
  'app/api/items/[id]/route.js': `
    export async function GET(_request, { params }) {
      const { id } = await params
      await globalThis.at?.(id)
      if (id === 'broken') throw new Error('broken')
      return Response.json({ id })
    }`,
  'pages/old/[slug].js': `
    export default ({ slug }) => <p>old {slug}</p>
    export const getServerSideProps = ({ params }) => ({ props: { slug: params.slug } })`,
  'public/static.txt': 'static',
  'next.config.mjs': `export default { turbopack: { root: ${JSON.stringify(FOLDER)} } }`,
}

// One for all: a second one in a process answers 500 once the first is closed.
let application: Application | undefined
after(() => application?.close())

async function build(): Promise<void> {
  rmSync(DIRECTORY, { recursive: true, force: true })
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(DIRECTORY, name)), { recursive: true })
    writeFileSync(join(DIRECTORY, name), text)
  }
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
  const building = spawn(process.execPath, [require.resolve('next/dist/bin/next'), 'build'], {
    cwd: DIRECTORY,
    env,
  })
  let said = ''
  for (const stream of [building.stdout, building.stderr]) stream.on('data', (some) => (said += some))
  const [code] = await once(building, 'close')
  assert.equal(code, 0, said)
}

/** Loads Next.js, which the recorders are waiting for by then. */
async function handler(): Promise<RequestListener> {
  if (application === undefined) {
    await build()
    const next = require('next') as (options: object) => Application
    application = next({ dev: false, dir: DIRECTORY, quiet: true })
    await application.prepare()
  }
  return application.getRequestHandler()
}

const servers: Readonly<Record<string, (handle: RequestListener) => RequestListener>> = {
  'a plain server': (handle) => handle,
  Express: (handle) => {
    const app = installed<ExpressModule>('express')!()
    app.all('/{*path}', (request, response) => void handle(request, response))
    return app
  },
}

for (const [name, serve] of Object.entries(servers)) {
  test(`routes of Next.js in ${name}`, { skip }, async () => {
    await measured(
      {},
      async () => createServer(serve(await handler())),
      async ({ ask, reading, quiet }) => {
        for (const path of [
          '/',
          '/users/7',
          '/users/8?token=secret',
          '/api/items/9',
          '/old/news',
          '/nothing/there',
        ]) {
          await ask(head('GET', path))
        }
        await ask(head('GET', '/api/items/broken'))
        await ask(head('GET', '/static.txt'))
        await quiet()
        const outcomes = Object.entries(reading.outcomes()).filter(([key]) => key.startsWith('request '))
        const file = name === 'Express' ? 'request GET /{*path}' : 'request GET (no route)'
        assert.deepEqual(Object.fromEntries(outcomes), {
          'request GET /': said(1),
          'request GET /users/[id]': said(2),
          'request GET /api/items/[id]': said(1, 1),
          'request GET /old/[slug]': said(1),
          'request GET (unmatched)': said(1),
          [file]: said(1),
        })
        assert.deepEqual(reading.errors, [])
      },
    )
  })
}

test('60 concurrent requests of Next.js: what a route handler does belongs to its own', {
  skip,
}, async () => {
  const found: Record<string, number> = {}
  const own = new Map<string, unknown>()
  await measured(
    {},
    async ({ ledger }) => {
      const global = globalThis as { at?: (id: string) => Promise<void> }
      global.at = async (id) => {
        const note = (): void => {
          const place = ledger.scopes.getStore() === own.get(id) ? 'right' : 'wrong'
          found[place] = (found[place] ?? 0) + 1
        }
        note()
        await new Promise((done) => setTimeout(done, Number(id) % 7))
        note()
      }
      const handle = await handler()
      return createServer((request, response) => {
        own.set(request.url!.replace('/api/items/', ''), scopeOf(request))
        return handle(request, response)
      })
    },
    async ({ open: connect, quiet }) => {
      const clients = Array.from({ length: 60 }, () => connect())
      for (const [i, client] of clients.entries()) client.send(head('GET', `/api/items/${i}`))
      for (const client of clients) await client.received(/"id":"\d+"/)
      await quiet()
      assert.deepEqual(found, { right: 120 })
    },
  )
})
