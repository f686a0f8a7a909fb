import { SafeSet } from '../../ground/safe-map.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { AUTHENTICATION } from './components.ts'
import { judge } from './outcomes.ts'

const REFUSALS: ReadonlySet<unknown> = new SafeSet([
  'JsonWebTokenError',
  'TokenExpiredError',
  'NotBeforeError',
])
/** Of the same kind, but said of the key, not of the token. */
const OF_KEY = /^(?:error in secret or public key callback|secret or public key must be provided)/

/** Tokens that `jsonwebtoken` signs and verifies. A refused token is a good operation. */
export function jsonwebtoken(): Recorder {
  return library({
    name: 'jsonwebtoken',
    versions: { jsonwebtoken: '>=9 <10' },
    files: { 'jsonwebtoken/index.js': watch },
  })
}

function watch(exports: object, instrument: Instrument): void {
  const verify = () => instrument.ledger.primitive(AUTHENTICATION, 'jsonwebtoken.verify')
  const sign = () => instrument.ledger.primitive(AUTHENTICATION, 'jsonwebtoken.sign')
  judge(instrument, exports, 'verify', { operationOf: verify, isRefusal, callbackFrom: 2 })
  judge(instrument, exports, 'sign', { operationOf: sign, callbackFrom: 2 })
}

function isRefusal(error: unknown): boolean {
  const { name, message } = error as Error
  return REFUSALS.has(name) && !OF_KEY.test(message)
}
