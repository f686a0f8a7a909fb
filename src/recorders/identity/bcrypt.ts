import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { AUTHENTICATION } from './components.ts'
import { judge } from './outcomes.ts'

/** Methods, and what their operation is called. */
const METHODS: Readonly<Record<string, string>> = {
  hash: 'bcrypt.hash',
  hashSync: 'bcrypt.hash',
  compare: 'bcrypt.compare',
  compareSync: 'bcrypt.compare',
}
/** The binding to Rust has both names for comparing. */
const RUST_METHODS = { ...METHODS, verify: 'bcrypt.compare', verifySync: 'bcrypt.compare' }

/**
 * Passwords that `bcrypt`, `@node-rs/bcrypt` and `bcryptjs` hash and compare; one that is wrong is a good operation.
 * Imported as an ES module, `bcryptjs` 3 lets only its hashing be seen, which is what comparing does as well: all is
 * `bcrypt.hash` then.
 */
export function bcrypt(): Recorder {
  return library({
    name: 'bcrypt',
    versions: { bcrypt: '>=6 <7', '@node-rs/bcrypt': '>=1.10 <2', bcryptjs: '>=2.4 <4' },
    files: {
      'bcrypt/bcrypt.js': watch(METHODS),
      '@node-rs/bcrypt/index.js': watch(RUST_METHODS),
      'bcryptjs/index.js': watch(METHODS),
      'bcryptjs/umd/index.js': watch(METHODS),
    },
    modules: { 'bcryptjs/index.js': { bindings: ['_hash'], patch: watchHashing } },
  })
}

function watch(methods: Readonly<Record<string, string>>): (exports: object, instrument: Instrument) => void {
  return (exports, instrument) => {
    const calls = { running: 0 }
    for (const [method, name] of Object.entries(methods)) {
      const operationOf = () => instrument.ledger.primitive(AUTHENTICATION, name)
      judge(instrument, exports, method, { operationOf, callbackFrom: 2, calls })
    }
  }
}

function watchHashing(exports: object, instrument: Instrument): void {
  const operationOf = () => instrument.ledger.primitive(AUTHENTICATION, 'bcrypt.hash')
  judge(instrument, exports, '_hash', { operationOf, callbackFrom: 2 })
}
