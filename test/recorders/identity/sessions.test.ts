import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { type Exercise, libraryContract } from '../../../contracts/library.ts'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head } from '../../../contracts/recorder/raw-client.ts'
import { said } from '../../../contracts/recorder/reading.ts'
import { scopeOf } from '../../../src/recorders/requests/request-scope.ts'
import { noLibraries, required, versionOf } from '../libraries.ts'
import { hasRedis, redisServer } from '../servers/redis.ts'
import type { TestServer } from '../servers/test-server.ts'

type Done = (error?: unknown, session?: object | null) => void
interface Store {
  get(id: string, done: Done): unknown
  set(id: string, session: object, done?: Done): unknown
  touch?(id: string, session: object, done?: Done): unknown
  destroy(id: string, done?: Done): unknown
}
type Middleware = (request: IncomingMessage, response: object, next: (error?: unknown) => void) => void
interface Sessions {
  (options: object): Middleware
  readonly MemoryStore: new () => Store
  readonly Store: new () => object
}

const SECRET = '4111111111111111'
const OPTIONS = { secret: 'keyboard cat', resave: false, saveUninitialized: false }
const SESSION = { cookie: { originalMaxAge: 60_000 }, views: 1 }

interface Opened {
  readonly session: Sessions
  readonly store: Store
}

const exercises: readonly Exercise<Opened>[] = [
  {
    name: 'sessions that are kept, looked up, and ended; one that there is not',
    run: async ({ store }, say) => {
      const asked = (ask: (done: Done) => unknown): Promise<void> =>
        new Promise((done) => {
          ask((...answer) => {
            say(answer)
            done()
          })
          say('returned')
        })
      await asked((done) => store.set(SECRET, SESSION, done))
      await asked((done) => store.get(SECRET, done))
      await asked((done) => store.touch!(SECRET, SESSION, done))
      await asked((done) => store.destroy(SECRET, done))
      await asked((done) => store.get(SECRET, done))
      say([store.get.name, store.get.length, Object.hasOwn(store, 'get')])
    },
    recorded: {
      'authentication express-session.set': 'ok 1',
      'authentication express-session.get': 'ok 2',
      'authentication express-session.touch': 'ok 1',
      'authentication express-session.destroy': 'ok 1',
    },
  },
]

for (const name of ['express-session', 'express-session-17']) {
  libraryContract<Opened>({
    name: `express-session ${versionOf(name)}`,
    skip: noLibraries,
    component: 'authentication',
    open: async () => {
      const session = required<Sessions>(name)
      const store = new session.MemoryStore()
      session({ ...OPTIONS, store })
      return { session, store }
    },
    close: async () => {},
    exercises,
    ways: [
      {
        name: 'get',
        ask: ({ session, store }, at) =>
          new Promise((done) => {
            session({ ...OPTIONS, store })
            store.get('none', () => {
              at('callback')
              done()
            })
          }),
      },
    ],
    report: { library: 'express-session', state: 'attached', how: 'patch' },
  })
}

describe('a store that fails, and one that throws', { skip: noLibraries ?? false }, () => {
  test('errors count as failed, but not a file that is not there; what is thrown stays what it was', () => {
    const errors: Readonly<Record<string, Error>> = {
      broken: new Error('broken'),
      none: Object.assign(new Error('none'), { code: 'ENOENT' }),
    }
    let session: Sessions
    return measured(
      {},
      () => {
        session = required<Sessions>('express-session')
        return createServer((_request, response) => response.end())
      },
      async ({ reading }) => {
        class Failing extends session.Store {
          get(id: string, done: Done): void {
            if (id === 'throws') throw errors.broken
            done(errors[id])
          }
        }
        const store = new Failing() as unknown as Store
        session({ ...OPTIONS, store })
        for (const [id, error] of Object.entries(errors)) store.get(id, (got) => assert.equal(got, error))
        assert.throws(
          () => store.get('throws', () => {}),
          (error) => error === errors.broken,
        )
        assert.deepEqual(reading.outcomes(), { 'authentication express-session.get': said(1, 2) })
        assert.deepEqual(reading.errors, [])
      },
    )
  })
})

interface Client {
  connect(): Promise<Client>
  destroy(): void
}

describe('sessions in Redis', {
  skip: noLibraries ?? (hasRedis ? false : 'there is no redis-server'),
}, () => {
  let server: TestServer
  before(async () => {
    server = await redisServer()
  })
  after(() => server.stop())

  for (const name of ['connect-redis', 'connect-redis8']) {
    test(`connect-redis ${versionOf(name)}: 60 concurrent requests, each with its own session; Redis' part is a part`, async () => {
      let client: Client
      const wrong: string[] = []
      await measured(
        {},
        async ({ ledger }) => {
          const session = required<Sessions>('express-session')
          const { RedisStore } = required<{ readonly RedisStore: new (options: object) => Store }>(name)
          client = await required<{ createClient(options: object): Client }>('redis')
            .createClient({ url: `redis://127.0.0.1:${server.port}` })
            .connect()
          const handle = session({ ...OPTIONS, store: new RedisStore({ client }) })
          return createServer(((request, response) => {
            handle(request, response, () => {
              if (ledger.scopes.getStore() !== scopeOf(request)) wrong.push(request.url!)
              const { session } = request as unknown as { readonly session: { id?: string; views?: number } }
              session.views = (session.views ?? 0) + 1
              response.end(`${session.views} done`)
            })
          }) satisfies RequestListener)
        },
        async ({ open, quiet, reading }) => {
          const cookies = await Promise.all(
            Array.from({ length: 60 }, async () => {
              const one = open()
              one.send(head('GET', '/first'))
              const answer = await one.received(/1 done/)
              return /connect\.sid=[^;]+/.exec(String(answer))![0]
            }),
          )
          await Promise.all(
            cookies.map(async (cookie) => {
              const one = open()
              one.send(head('GET', '/second', `Cookie: ${cookie}`))
              await one.received(/2 done/)
            }),
          )
          await quiet()
          assert.deepEqual(wrong, [])
          assert.deepEqual(reading.outcomes(), {
            'request GET (no route)': said(120),
            'authentication express-session.get': said(60),
            'authentication express-session.set': said(120),
            'cache_l2 (get)': said(60),
            'cache_l2 (set)': said(120),
          })
          assert.deepEqual(reading.errors, [])
          client.destroy()
        },
      )
    })
  }
})
