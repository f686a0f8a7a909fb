import assert from 'node:assert/strict'
import { type Exercise, libraryContract } from '../../../contracts/library.ts'
import { noLibraries, required, versionOf } from '../libraries.ts'

type Done = (error: unknown, user?: unknown) => void
type Verify = (name: string, password: string, done: Done) => void
type Middleware = (request: object, response: object, next: (error?: unknown) => void) => void
/** By name, or given themselves. */
type Strategies = string | object | readonly (string | object)[]
type Asked = (error: unknown, user: unknown, info: unknown) => void

interface Passport {
  use(strategy: object): Passport
  use(name: string, strategy: object): Passport
  _strategy(name: string): Record<string, unknown>
  authenticate(asked: Strategies, options: object, called: Asked): Middleware
  authorize(asked: Strategies, options: object, called: Asked): Middleware
}
interface Library {
  readonly Passport: new () => Passport
  readonly Strategy: new () => Record<string, unknown>
}
interface Given {
  success?: (user: unknown) => void
  authenticate(request: object, options: object): void
}
interface Loaded {
  readonly passport: Passport
  readonly local: object
  readonly both: Given
  readonly given: Given
  readonly unnamed: object
  readonly twice: object
  readonly callable: object
}

/** What it answers to a name and password. */
function ask(
  { passport }: Loaded,
  strategies: Strategies,
  username: string,
  how: 'authenticate' | 'authorize' = 'authenticate',
): Promise<unknown> {
  return new Promise((done, failed) => {
    const asked: Asked = (error, user, info) => (error ? failed(error) : done([user, info]))
    const request = { body: { username, password: 'pass' }, headers: {}, session: {} }
    passport[how](strategies, {}, asked)(request, {}, () => done('passed'))
  })
}

const exercises: readonly Exercise<Loaded>[] = [
  {
    name: 'logins that succeed and that are refused',
    run: async (loaded, say) => {
      say(await ask(loaded, 'local', 'ann'))
      say(await ask(loaded, 'local', 'bob'))
    },
    recorded: { 'authentication passport.local': 'ok 2', 'authentication bcrypt.compare': 'ok 2' },
  },
  {
    name: 'strategies that let pass, that throw, that have an error',
    run: async (loaded, say) => {
      say(await ask(loaded, 'anonymous', 'ann'))
      say(await ask(loaded, ['never', 'local'], 'ann'))
      for (const name of ['broken', 'local']) {
        await assert.rejects(
          async () => ask(loaded, name, 'error'),
          (error: Error) => {
            say(error.message)
            return true
          },
        )
      }
    },
    recorded: {
      'authentication passport.anonymous': 'ok 1',
      'authentication passport.never': 'ok 1',
      'authentication passport.local': 'ok 1, failed 1',
      'authentication passport.broken': 'failed 1',
      'authentication bcrypt.compare': 'ok 1',
    },
  },
  {
    name: 'a strategy that is asked for is the one that was given, and what is changed of it stays so',
    run: async (loaded, say) => {
      const { passport, local } = loaded
      say(await ask(loaded, 'local', 'bob'))
      const found = passport._strategy('local')
      say([found === local, Object.keys(found)])
      const verify = found._verify
      found._verify = (_name: string, _password: string, done: Done) => done(null, { name: 'anybody' })
      say(await ask(loaded, 'local', 'bob'))
      found._verify = verify
    },
    recorded: { 'authentication passport.local': 'ok 2', 'authentication bcrypt.compare': 'ok 1' },
  },
  {
    name: 'strategies that are given themselves, alone and beside names, one of them without a name',
    run: async (loaded, say) => {
      const { given, unnamed } = loaded
      for (const username of ['ann', 'bob']) say(await ask(loaded, given, username))
      say(await ask(loaded, ['never', unnamed], 'ann'))
      await assert.rejects(ask(loaded, given, 'error'), (error: Error) => {
        say(error.message)
        return true
      })
      say([Object.keys(given), Object.keys(unnamed)])
    },
    recorded: {
      'authentication passport.local': 'ok 2, failed 1',
      'authentication passport.never': 'ok 1',
      'authentication passport.(unnamed)': 'ok 1',
      'authentication bcrypt.compare': 'ok 2',
    },
  },
  {
    name: 'a strategy that was given, and is asked for by a name of its own before it is called',
    run: async ({ passport, both }, say) => {
      const answers: unknown[] = []
      const called: Asked = (...told) => answers.push(told)
      const middleware = passport.authenticate(both, {}, called)
      say(passport._strategy('both') === (both as object))
      const request = { body: { username: 'ann', password: 'pass' }, headers: {}, session: {} }
      middleware(request, {}, () => {})
      while (answers.length === 0) await new Promise((done) => setImmediate(done))
      say(answers)
    },
    recorded: { 'authentication passport.local': 'ok 1', 'authentication bcrypt.compare': 'ok 1' },
  },
  {
    name: 'what is no strategy, by name and given, a frozen one, and a function that is one',
    run: async (loaded, say) => {
      for (const odd of ['number', null as never]) {
        await assert.rejects(
          async () => ask(loaded, odd, 'ann'),
          (error: Error) => {
            say(error.message)
            return true
          },
        )
      }
      for (const each of [5 as never, 'frozen', loaded.callable]) say(await ask(loaded, each, 'ann'))
    },
    recorded: { 'authentication passport.callable': 'ok 1' },
  },
  {
    name: 'a strategy that calls itself again before it is done',
    run: async (loaded, say) => {
      say(await ask(loaded, loaded.twice, 'ann'))
    },
    recorded: { 'authentication passport.(unnamed)': 'ok 2' },
  },
  {
    name: 'a strategy that was asked for by name and is then given, and one that is called without passport',
    run: async (loaded, say) => {
      const { both } = loaded
      say(await ask(loaded, 'both', 'ann'))
      for (const how of ['authenticate', 'authorize'] as const) say(await ask(loaded, both, 'ann', how))
      const ends: unknown[] = []
      both.success = (user: unknown) => ends.push(user)
      for (const username of ['ann', 'ann']) {
        const before = ends.length
        both.authenticate({ body: { username, password: 'pass' }, headers: {} }, {})
        while (ends.length === before) await new Promise((done) => setImmediate(done))
      }
      say(ends)
    },
    recorded: {
      'authentication passport.both': 'ok 1',
      'authentication passport.local': 'ok 4',
      'authentication bcrypt.compare': 'ok 5',
    },
  },
]

libraryContract<Loaded>({
  name: `passport ${versionOf('passport')}`,
  skip: noLibraries,
  component: 'authentication',
  open: async () => {
    const { Passport, Strategy } = required<Library>('passport')
    const { Strategy: Local } = required<{ readonly Strategy: new (verify: Verify) => Given }>(
      'passport-local',
    )
    const { compare, hashSync } = required<{
      hashSync(password: string, rounds: number): string
      compare(password: string, hash: string, answer: (error: unknown, same: boolean) => void): void
    }>('bcrypt')
    const hash = hashSync('pass', 4)
    const verify: Verify = (name, password, done) => {
      if (name === 'error') return done(new Error('no users'))
      compare(password, hash, (error, same) => done(error, same && name === 'ann' ? { name } : false))
    }
    const strategy = (authenticate: (this: Record<string, (...given: unknown[]) => void>) => void): object =>
      Object.assign(new Strategy(), { authenticate })
    const local = new Local(verify)
    const both = new Local(verify)
    const passport = new Passport()
      .use(local)
      .use('both', both)
      .use(
        'anonymous',
        strategy(function () {
          this.pass!()
        }),
      )
      .use(
        'never',
        strategy(function () {
          this.fail!('no')
        }),
      )
      .use(
        'broken',
        strategy(() => {
          throw new Error('broken')
        }),
      )
    const unnamed = strategy(function () {
      this.success!({ name: 'anybody' })
    })
    let again = false
    const twice = strategy(function () {
      again = !again
      if (again) this.authenticate!()
      else this.success!({ name: 'anybody' })
    })
    passport.use('number', 5 as never)
    passport.use('frozen', Object.freeze(new Local((name, _password, done) => done(null, { name }))))
    const callable = Object.assign(function callable() {}, {
      authenticate(this: Record<string, (user: object) => void>) {
        this.success!({ name: 'anybody' })
      },
    })
    return { passport, callable, twice, local, both, given: new Local(verify), unnamed }
  },
  close: async () => {},
  exercises,
  ways: [{ name: 'anonymous', ask: async (loaded) => void (await ask(loaded, 'anonymous', 'ann')) }],
  report: { library: 'passport', state: 'attached', how: 'patch' },
})
