import assert from 'node:assert/strict'
import { type Exercise, libraryContract } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'

type Answer = (error: Error | null, value?: unknown) => void
interface Jwt {
  sign(payload: object, secret: unknown, options?: object | Answer, answer?: Answer): string
  verify(token: unknown, secret: unknown, options?: object | Answer, answer?: Answer): Record<string, unknown>
}
interface Jose {
  jwtVerify(token: unknown, secret: unknown, options?: object): Promise<{ readonly payload: object }>
  readonly SignJWT: new (
    payload: object,
  ) => {
    setProtectedHeader(header: object): { sign(secret: unknown): Promise<string> }
  }
}

const SECRET = 'a secret that is long enough for this'

const words = (say: (what: unknown) => void) => (error: unknown) => {
  const { name, message, code } = error as Error & { readonly code?: string }
  say([name, message, code])
  return true
}

const ofJsonwebtoken: readonly Exercise<Jwt>[] = [
  {
    name: 'a token that is signed and verified',
    run: async (jwt, say) => {
      const token = jwt.sign({ sub: 'ann', iat: 1 }, SECRET)
      say([token, jwt.verify(token, SECRET)])
    },
    recorded: { 'authentication jsonwebtoken.sign': 'ok 1', 'authentication jsonwebtoken.verify': 'ok 1' },
  },
  {
    name: 'by callback',
    run: (jwt, say) =>
      new Promise((done) => {
        jwt.sign({ sub: 'ann', iat: 1 }, SECRET, (failure, token) => {
          say([failure, token])
          jwt.verify(token, SECRET, {}, (error, found) => {
            say([error, found])
            done()
          })
        })
        say('returned')
      }),
    recorded: { 'authentication jsonwebtoken.sign': 'ok 1', 'authentication jsonwebtoken.verify': 'ok 1' },
  },
  {
    name: 'refused tokens are good operations',
    run: async (jwt, say) => {
      const old = jwt.sign({ iat: 1, exp: 2 }, SECRET)
      const later = jwt.sign({ iat: 1, nbf: 99_999_999_999 }, SECRET)
      for (const token of [old, later, 'nonsense', undefined]) {
        assert.throws(
          () => jwt.verify(token, SECRET),
          (error: Error) => {
            say([error.name, error.message])
            return true
          },
        )
      }
      await new Promise<void>((done) => {
        jwt.verify(old, SECRET, (error) => {
          say(error!.name)
          done()
        })
      })
    },
    recorded: { 'authentication jsonwebtoken.sign': 'ok 2', 'authentication jsonwebtoken.verify': 'ok 5' },
  },
  {
    name: 'what is not the fault of the token has failed',
    run: async (jwt, say) => {
      const token = jwt.sign({ iat: 1 }, SECRET)
      assert.throws(() => jwt.verify(token, undefined), words(say))
      assert.throws(() => jwt.sign({}, undefined), words(say))
      const noKey = (_header: unknown, tell: Answer): void => tell(new Error('no key server'))
      await new Promise<void>((done) => {
        jwt.verify(token, noKey, (error) => {
          say(error!.message)
          done()
        })
      })
    },
    recorded: {
      'authentication jsonwebtoken.sign': 'ok 1, failed 1',
      'authentication jsonwebtoken.verify': 'failed 2',
    },
  },
]

for (const name of ['jsonwebtoken', 'jsonwebtoken90']) {
  libraryContract<Jwt>({
    name: `jsonwebtoken ${versionOf(name)}`,
    skip: noLibraries,
    component: 'authentication',
    open: async () => required<Jwt>(name),
    close: async () => {},
    exercises: ofJsonwebtoken,
    ways: [
      { name: 'sign', ask: async (jwt) => void jwt.sign({ sub: 'ann' }, SECRET) },
      {
        name: 'sign, callback',
        ask: (jwt, at) =>
          new Promise((done) => {
            jwt.sign({ sub: 'ann' }, SECRET, () => {
              at('callback')
              done()
            })
          }),
      },
    ],
    report: { library: 'jsonwebtoken', state: 'attached', how: 'patch' },
  })
}

const key = new TextEncoder().encode(SECRET)
const header = { alg: 'HS256' }

const ofJose: readonly Exercise<Jose>[] = [
  {
    name: 'a token that is signed and verified',
    run: async (jose, say) => {
      const token = await new jose.SignJWT({ sub: 'ann' }).setProtectedHeader(header).sign(key)
      say([token, (await jose.jwtVerify(token, key)).payload])
    },
    recorded: { 'authentication jose.sign': 'ok 1', 'authentication jose.jwtVerify': 'ok 1' },
  },
  {
    name: 'refused tokens are good operations',
    run: async (jose, say) => {
      const old = await new jose.SignJWT({ exp: 2 }).setProtectedHeader(header).sign(key)
      for (const token of [old, 'nonsense', `${old}x`])
        await assert.rejects(jose.jwtVerify(token, key), words(say))
      await assert.rejects(jose.jwtVerify(old, key, { algorithms: ['RS256'] }), words(say))
    },
    recorded: { 'authentication jose.sign': 'ok 1', 'authentication jose.jwtVerify': 'ok 4' },
  },
  {
    name: 'what is not the fault of the token has failed',
    run: async (jose, say) => {
      const token = await new jose.SignJWT({}).setProtectedHeader(header).sign(key)
      const noKey = async (): Promise<never> => {
        throw new Error('no key server')
      }
      await assert.rejects(jose.jwtVerify(token, noKey), words(say))
      await assert.rejects(jose.jwtVerify(token, 7), (error: Error) => {
        say(error.name)
        return true
      })
    },
    recorded: { 'authentication jose.sign': 'ok 1', 'authentication jose.jwtVerify': 'failed 2' },
  },
]

const loadings = [
  { name: 'jose', how: 'module', as: 'imported', load: () => imported<Jose>('jose') },
  { name: 'jose5', how: 'module', as: 'imported', load: () => imported<Jose>('jose5') },
  { name: 'jose5', how: 'patch', as: 'required', load: async () => required<Jose>('jose5') },
  { name: 'jose50', how: 'module', as: 'imported', load: () => imported<Jose>('jose50') },
  { name: 'jose50', how: 'patch', as: 'required', load: async () => required<Jose>('jose50') },
]

for (const { name, how, as, load } of loadings) {
  libraryContract<Jose>({
    name: `jose ${versionOf(name)}, ${as}`,
    skip: noLibraries,
    component: 'authentication',
    open: load,
    close: async () => {},
    exercises: ofJose,
    ways: [
      {
        name: 'sign',
        ask: async ({ SignJWT }) => void (await new SignJWT({}).setProtectedHeader(header).sign(key)),
      },
      {
        name: 'verify',
        ask: async ({ jwtVerify }) => void (await jwtVerify('nonsense', key).catch(() => {})),
      },
    ],
    report: { library: 'jose', state: 'attached', how },
  })
}
