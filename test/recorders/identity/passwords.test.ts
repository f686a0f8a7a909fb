import assert from 'node:assert/strict'
import { type Exercise, libraryContract, type Way } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'

type Answer = (error: Error | null, value?: unknown) => void
interface Bcrypt {
  hash(password: string, salt: number | string, answer?: Answer, progress?: () => void): Promise<string>
  hashSync(password: string, salt: number | string): string
  compare(password: unknown, hash: unknown, answer?: Answer, progress?: () => void): Promise<boolean>
  compareSync(password: string, hash: string): boolean
}

const HASH = '$2b$04$3cy/h34tvuNE0JKFvBs2xeQKRnc9XrUMrBvXvk0dSmxeUXLF4vDYu'

const exercises = (only: boolean): readonly Exercise<Bcrypt>[] => [
  {
    name: 'passwords that are hashed and compared',
    run: async (bcrypt, say) => {
      const hash = await bcrypt.hash('pass', 4)
      say([await bcrypt.compare('pass', hash), await bcrypt.compare('wrong', hash)])
      say([bcrypt.compareSync('pass', bcrypt.hashSync('pass', 4))])
    },
    recorded: only
      ? { 'authentication bcrypt.hash': 'ok 5' }
      : { 'authentication bcrypt.hash': 'ok 2', 'authentication bcrypt.compare': 'ok 3' },
  },
  {
    name: 'by callback',
    run: (bcrypt, say) =>
      new Promise((done) => {
        bcrypt.compare(
          'wrong',
          HASH,
          (error, same) => {
            say([error ?? null, same])
            done()
          },
          () => {},
        )
        say('returned')
      }),
    recorded: { [`authentication bcrypt.${only ? 'hash' : 'compare'}`]: 'ok 1' },
  },
  {
    name: 'arguments that make no sense',
    run: async (bcrypt, say) => {
      await assert.rejects(bcrypt.compare(7, HASH), (error: Error) => {
        say([error.name, error.message])
        return true
      })
    },
    recorded: only ? {} : { 'authentication bcrypt.compare': 'failed 1' },
  },
]

/** The binding to Rust knows no callbacks, has a second name for comparing, and throws what others reject. */
const inRust: readonly Exercise<Bcrypt>[] = [
  exercises(false)[0]!,
  {
    name: 'by its own names, and arguments that make no sense',
    run: async (bcrypt, say) => {
      const { verify, verifySync } = bcrypt as Bcrypt & Record<'verify' | 'verifySync', Bcrypt['compare']>
      say([await verify('wrong', HASH), verifySync('wrong', HASH)])
      assert.throws(
        () => bcrypt.compare(7, HASH),
        (error: Error) => {
          say([error.name, error.message])
          return true
        },
      )
    },
    recorded: { 'authentication bcrypt.compare': 'ok 2, failed 1' },
  },
]

interface Loading {
  readonly as: string
  readonly library: string
  readonly how: string
  readonly load: () => Promise<Bcrypt>
}

const loadings: readonly Loading[] = [
  {
    as: `bcryptjs ${versionOf('bcryptjs')}, imported`,
    library: 'bcryptjs',
    how: 'module',
    load: async () => (await imported<{ readonly default: Bcrypt }>('bcryptjs')).default,
  },
  ...['bcrypt', '@node-rs/bcrypt', 'bcryptjs', 'bcryptjs24'].map((name) => ({
    as: `${name.replace(/\d+$/, '')} ${versionOf(name)}`,
    library: name.replace(/\d+$/, ''),
    how: 'patch',
    load: async () => required<Bcrypt>(name),
  })),
]

const promised: Way<Bcrypt> = {
  name: 'promise',
  ask: async (bcrypt) => void (await bcrypt.compare('pass', HASH)),
}
const byCallback: Way<Bcrypt> = {
  name: 'callback',
  ask: (bcrypt, at) =>
    new Promise((done) => {
      bcrypt.compare('pass', HASH, () => {
        at('callback')
        done()
      })
    }),
}

for (const { as, library, how, load } of loadings) {
  libraryContract<Bcrypt>({
    name: as,
    skip: noLibraries,
    component: 'authentication',
    open: load,
    close: async () => {},
    exercises: library.startsWith('@node-rs') ? inRust : exercises(as.endsWith('imported')),
    ways: library.startsWith('@node-rs') ? [promised] : [promised, byCallback],
    report: { library, state: 'attached', how },
  })
}
