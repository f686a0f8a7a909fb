import { syncBuiltinESMExports } from 'node:module'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { AUTHENTICATION } from './components.ts'

/** Functions, and what their operation is called; argon2 came with Node.js 24.7. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  scrypt: 'crypto.scrypt',
  scryptSync: 'crypto.scrypt',
  pbkdf2: 'crypto.pbkdf2',
  pbkdf2Sync: 'crypto.pbkdf2',
  argon2: 'crypto.argon2',
  argon2Sync: 'crypto.argon2',
}

/**
 * Keys that `node:crypto` derives from passwords while somebody is authenticated: parts of that operation, or, on the route
 * of a login, what proves it. Elsewhere they may be anything (a file that is encrypted), and are not recorded.
 */
export function nodeCrypto(): Recorder {
  return library({
    name: 'crypto',
    versions: { node: '>=22 <27' },
    files: { 'node:crypto': watch },
  })
}

function watch(exports: Readonly<Record<string, unknown>>, instrument: Instrument): void {
  const { ledger } = instrument
  const within = [AUTHENTICATION]
  // What is imported by name is a copy; undone in reverse order, it is the last.
  instrument.undo(syncBuiltinESMExports)
  for (const [name, shown] of Object.entries(FUNCTIONS)) {
    if (exports[name] === undefined) continue
    const operationOf = () => {
      if (ledger.tracks(within)) return ledger.nested(AUTHENTICATION, shown)
      const scope = ledger.scopes.getStore()
      // Within another operation it may be a driver's that proves itself to its database.
      return scope?.isIdle && scope.isLogin() ? ledger.primitive(AUTHENTICATION, shown) : undefined
    }
    instrument.time(exports, name, operationOf)
  }
  syncBuiltinESMExports()
}
