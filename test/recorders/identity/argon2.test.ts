import assert from 'node:assert/strict'
import { libraryContract } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'

interface Argon2 {
  /** What is imported by name stays as it was when the library was loaded. */
  readonly default?: Argon2
  hash(password: string, options: object): Promise<string>
  verify(hash: unknown, password: string): Promise<boolean>
  /** Of @node-rs/argon2 only. */
  hashSync?(password: string, options: object): string
  verifySync?(hash: string, password: string): boolean
}

const CHEAP = { memoryCost: 1024, timeCost: 2, parallelism: 1 }

const loadings = [
  ...['argon2', 'argon2-41'].map((name) => ({ name, library: 'argon2' })),
  { name: '@node-rs/argon2', library: '@node-rs/argon2' },
].flatMap((each) => [
  { ...each, as: 'imported', load: () => imported<Argon2>(each.name) },
  { ...each, as: 'required', load: async () => required<Argon2>(each.name) },
])

for (const { name, library, as, load } of loadings) {
  let hash = ''
  libraryContract<Argon2>({
    name: `${library} ${versionOf(name)}, ${as}`,
    skip: noLibraries,
    component: 'authentication',
    open: async () => {
      const argon2 = await load()
      hash = await argon2.hash('pass', CHEAP)
      return argon2
    },
    close: async () => {},
    exercises: [
      {
        name: 'passwords that are hashed and verified, right and wrong',
        run: async ({ hash: make, verify }, say) => {
          say((await make('pass', CHEAP)).slice(0, 10))
          say([await verify(hash, 'pass'), await verify(hash, 'wrong')])
          say([make.name, make.length, verify.name, verify.length])
        },
        recorded: { 'authentication argon2.hash': 'ok 1', 'authentication argon2.verify': 'ok 2' },
      },
      {
        name: 'a hash that is none',
        run: async ({ verify }, say) => {
          const asked = async (): Promise<boolean> => verify('none', 'pass')
          await assert.rejects(asked(), (error: Error) => {
            say([error.name, error.message])
            return true
          })
        },
        recorded: { 'authentication argon2.verify': 'failed 1' },
      },
      ...(library === 'argon2'
        ? []
        : [
            {
              name: 'at once',
              run: async ({ hashSync, verifySync }: Argon2, say: (what: unknown) => void) => {
                say(hashSync!('pass', CHEAP).slice(0, 10))
                say(verifySync!(hash, 'pass'))
              },
              recorded: { 'authentication argon2.hash': 'ok 1', 'authentication argon2.verify': 'ok 1' },
            },
          ]),
    ],
    ways: [
      { name: 'verify', ask: async (argon2) => void (await (argon2.default ?? argon2).verify(hash, 'pass')) },
    ],
    report: { library, state: 'attached', how: 'patch' },
  })
}
