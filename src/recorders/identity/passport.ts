import type { Timing } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { override } from '../libraries/override.ts'
import { AUTHENTICATION } from './components.ts'

type Action = (this: unknown, ...given: unknown[]) => unknown

/** What a strategy calls one of when it is done, and what it authenticates with. */
type Strategy = Record<string, Action> & { authenticate: Action }

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
  // By the name that it was last asked for by: that is right before its call.
  const names = new WeakMap<object, string>()
  const ours = new WeakSet<object>()
  instrument.replace(Authenticator.prototype, '_strategy', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const strategy = original.apply(this, given) as Strategy | undefined
      instrument.safely(() => {
        if (typeof strategy?.authenticate !== 'function') return
        names.set(strategy, String(given[0]))
        if (!ours.has(strategy.authenticate)) ours.add(watchStrategy(strategy, names, instrument))
      })
      return strategy
    } as typeof original
  })
}

/**
 * The application may ask for its strategy as well, so it has to get that itself. Not to be undone, which would keep
 * every strategy: once the recorder is off, calls are passed on.
 */
function watchStrategy(strategy: Strategy, names: WeakMap<object, string>, instrument: Instrument): Action {
  const operationOf = () => instrument.ledger.operation(AUTHENTICATION, `passport.${names.get(strategy)}`)
  override(strategy, 'authenticate', (_original, holder) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      // A request's own inherits from it; the one for all is not to be told what to do with one.
      const timing = this === strategy ? undefined : instrument.start(operationOf, this, given)
      if (timing === undefined) return holder.authenticate.apply(this, given)
      for (const end of ENDS) endWith(this as Strategy, end, timing)
      return instrument.pass(timing, holder.authenticate as never, this, given)
    }
  })
  return strategy.authenticate
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
