import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { describe, test } from 'node:test'
import { libraryContract } from '../../../contracts/library.ts'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { said } from '../../../contracts/recorder/reading.ts'
import { imported, noLibraries, versionOf } from '../libraries.ts'

interface Auth {
  handler(request: Request): Promise<Response>
  readonly api: {
    signInEmail(asked: object): Promise<unknown>
    getSession(asked: object): Promise<unknown>
  }
}
interface Library {
  betterAuth(options: object): Auth
}

const AT = 'http://localhost:3000/api/auth'
const ANN = { email: 'ann@example.com', password: '4111111111111111', name: 'Ann' }

async function opened(name: string): Promise<Auth> {
  const { betterAuth } = await imported<Library>(name)
  const { memoryAdapter } = await imported<{ memoryAdapter(tables: object): object }>(
    `${name}/adapters/memory`,
  )
  return betterAuth({
    baseURL: 'http://localhost:3000',
    secret: 'a secret of thirty-two characters at least',
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })
}

function post(auth: Auth, path: string, body: object, cookie = ''): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', Origin: 'http://localhost:3000', Cookie: cookie }
  return auth.handler(new Request(`${AT}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }))
}

for (const name of ['better-auth', 'better-auth16']) {
  libraryContract<Auth>({
    name: `better-auth ${versionOf(name)}`,
    skip: noLibraries,
    component: 'authentication',
    open: async () => {
      const auth = await opened(name)
      await post(auth, '/sign-up/email', ANN)
      return auth
    },
    close: async () => {},
    exercises: [
      {
        name: 'a login, its session, its end; one that is refused',
        run: async (auth, say) => {
          const login = await post(auth, '/sign-in/email', ANN)
          const cookie = login.headers
            .getSetCookie()
            .map((each) => each.split(';')[0]!)
            .join('; ')
          say(login.status)
          const session = await auth.handler(
            new Request(`${AT}/get-session`, { headers: { Cookie: cookie } }),
          )
          say(((await session.json()) as { readonly user: { readonly name: string } }).user.name)
          say((await post(auth, '/sign-out', {}, cookie)).status)
          say((await post(auth, '/sign-in/email', { ...ANN, password: 'wrong password' })).status)
          say((await auth.handler(new Request(`${AT}/ok`))).status)
        },
        recorded: {
          'authentication better-auth.sign-in/email': 'ok 2',
          'authentication better-auth.get-session': 'ok 1',
          'authentication better-auth.sign-out': 'ok 1',
        },
      },
      {
        name: 'asked by the application itself; the error is its own',
        run: async ({ api }, say) => {
          say(await api.getSession({ headers: new Headers() }))
          const body = { ...ANN, password: 'wrong password' }
          await assert.rejects(api.signInEmail({ body }), (error: Error & { status?: unknown }) => {
            say([error.name, error.status, error.message])
            return true
          })
          say([api.getSession.name, api.getSession.length])
        },
        recorded: {
          'authentication better-auth.get-session': 'ok 1',
          'authentication better-auth.sign-in/email': 'ok 1',
        },
      },
    ],
    ways: [
      {
        name: 'get-session',
        ask: async ({ api }) => void (await api.getSession({ headers: new Headers() })),
      },
    ],
    report: { library: 'better-auth', state: 'attached', how: 'module' },
  })
}

describe('better-auth', { skip: noLibraries ?? false }, () => {
  test('in a request: the hash of the password is a part of the login, and the route does not count again', () =>
    measured(
      {},
      async () => {
        const auth = await opened('better-auth')
        return createServer((async (_request, response) => {
          const { status } = await post(auth, '/sign-up/email', ANN)
          response.writeHead(status).end()
        }) satisfies RequestListener)
      },
      async ({ ask, quiet, reading }) => {
        await ask('POST /api/auth/sign-up/email HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n')
        await quiet()
        assert.deepEqual(reading.outcomes(), {
          'request POST (no route)': said(1),
          'authentication better-auth.sign-up/email': said(1),
          'authentication (crypto.scrypt)': said(1),
        })
        assert.deepEqual(reading.errors, [])
      },
    ))
})
