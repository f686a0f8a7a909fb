import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { AUTHORIZATION } from './components.ts'

interface Exports {
  readonly CoreEnforcer: { readonly prototype: object }
}

const METHODS = [
  'enforce',
  'enforceSync',
  'enforceEx',
  'enforceExSync',
  'enforceWithMatcher',
  'enforceExWithMatcher',
]

/** Decisions of `casbin`, whatever they are; what a cached enforcer remembers is none. */
export function casbin(): Recorder {
  return library({
    name: 'casbin',
    versions: { casbin: '>=5.51 <5.52' },
    files: { 'casbin/lib/cjs/coreEnforcer.js': watch },
    modules: { 'casbin/lib/esm/index.mjs': { bindings: ['CoreEnforcer'], patch: watch } },
  })
}

function watch({ CoreEnforcer }: Exports, instrument: Instrument): void {
  const operationOf = () => instrument.ledger.primitive(AUTHORIZATION, 'casbin.enforce')
  for (const method of METHODS) {
    instrument.time(CoreEnforcer.prototype, method, operationOf, { callbacks: false })
  }
}
