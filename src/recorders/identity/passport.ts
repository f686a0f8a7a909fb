import type { Timing } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { AUTHENTICATION } from './components.ts'

type Action = (this: unknown, ...given: unknown[]) => unknown

/** What a strategy calls one of when it is done, and what it authenticates with. */
type Strategy = Record<string, Action>

const ENDS = ['success', 'fail', 'redirect', 'pass', 'error'] as const

/**
 * Strategies of `passport`, each from its call to what it says: `passport.local`, `passport.session`. Whom it refuses,
 * sends elsewhere or lets pass is a good operation; only an error is not. Tokens and passwords that are checked
 * meanwhile are parts of it.
 */
export function passport(): Recorder {
  return library({
    name: 'passport',
    versions: { passport: '>=0.7 <0.8' },
    files: { 'passport/lib/authenticator.js': watch },
  })
}

function watch(Authenticator: { readonly prototype: object }, instrument: Instrument): void {
  // What it gives is made the prototype of a request's own strategy.
  instrument.replace(Authenticator.prototype, '_strategy', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const strategy = original.apply(this, given) as Strategy | undefined
      return instrument.safely(() => watched(strategy, String(given[0]), instrument)) ?? strategy
    } as typeof original
  })
}

function watched(strategy: Strategy | undefined, name: string, instrument: Instrument): Strategy | undefined {
  const authenticate = strategy?.authenticate
  if (strategy === undefined || typeof authenticate !== 'function') return undefined
  const value = function (this: Strategy, ...given: unknown[]): unknown {
    const operationOf = () => instrument.ledger.operation(AUTHENTICATION, `passport.${name}`)
    const timing = instrument.start(operationOf, this, given)
    if (timing === undefined) return authenticate.apply(this, given)
    for (const end of ENDS) endWith(this, end, timing)
    return instrument.pass(timing, authenticate as never, this, given)
  }
  return Object.create(strategy, { authenticate: { value, configurable: true, writable: true } })
}

function endWith(strategy: Strategy, name: (typeof ENDS)[number], timing: Timing): void {
  const action = strategy[name]
  if (typeof action !== 'function') return
  strategy[name] = function (...given) {
    if (name === 'error') timing.fail()
    timing.end()
    return action.apply(this, given)
  }
}
