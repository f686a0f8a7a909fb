import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { AUTHENTICATION } from './components.ts'
import { judge } from './outcomes.ts'

/** Functions, and what their operation is called; `argon2` has the first two only. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  hash: 'argon2.hash',
  verify: 'argon2.verify',
  hashSync: 'argon2.hash',
  verifySync: 'argon2.verify',
  hashRaw: 'argon2.hash',
  hashRawSync: 'argon2.hash',
}

/** Passwords that `argon2` and `@node-rs/argon2` hash and verify; one that is wrong is a good operation. */
export function argon2(): Recorder {
  return library({
    name: 'argon2',
    versions: { argon2: '>=0.41 <0.46', '@node-rs/argon2': '>=2.2 <2.3' },
    files: { 'argon2/argon2.cjs': watch, '@node-rs/argon2/index.js': watch },
  })
}

function watch(exports: Readonly<Record<string, unknown>>, instrument: Instrument): void {
  for (const [name, shown] of Object.entries(FUNCTIONS)) {
    if (exports[name] === undefined && !['hash', 'verify'].includes(name)) continue
    const operationOf = () => instrument.ledger.primitive(AUTHENTICATION, shown)
    judge(instrument, exports, name, { operationOf })
  }
}
