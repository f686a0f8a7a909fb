import type { Timing } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { override } from '../libraries/override.ts'
import { AUTHENTICATION } from './components.ts'

type Action = (this: unknown, ...given: unknown[]) => unknown

/** What a strategy calls one of when it is done, and what it authenticates with. */
interface Strategy {
  readonly name?: unknown
  authenticate: Action
  [end: string]: unknown
}

/** A strategy that is given without a name. */
const UNNAMED = '(unnamed)'
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
  const take = (strategy: Strategy | undefined, name: string): void => {
    if (typeof strategy?.authenticate !== 'function') return
    names.set(strategy, name)
    if (!ours.has(strategy.authenticate)) ours.add(watchStrategy(strategy, names, given, instrument))
  }
  // Those that are given in the place of a name: nobody is asked for them, and they are called themselves.
  const given = new WeakSet<object>()
  instrument.replace(Authenticator.prototype, '_strategy', (original) => {
    return function (this: unknown, ...asked: unknown[]): unknown {
      const strategy = original.apply(this, asked) as Strategy | undefined
      instrument.safely(() => take(strategy, String(asked[0])))
      return strategy
    } as typeof original
  })
  instrument.replace(Authenticator.prototype, 'authenticate', (original) => {
    return function (this: unknown, ...asked: unknown[]): unknown {
      instrument.safely(() => {
        for (const each of [asked[0]].flat() as readonly (Strategy | string)[]) {
          if (typeof each !== 'object' || each === null) continue
          given.add(each)
          take(each, typeof each.name === 'string' ? each.name : UNNAMED)
        }
      })
      return original.apply(this, asked)
    } as typeof original
  })
}

/**
 * The application may ask for its strategy as well, so it has to get that itself. Not to be undone, which would keep
 * every strategy: once the recorder is off, calls are passed on.
 */
function watchStrategy(
  strategy: Strategy,
  names: WeakMap<object, string>,
  given: WeakSet<object>,
  instrument: Instrument,
): Action {
  const operationOf = () => instrument.ledger.operation(AUTHENTICATION, `passport.${names.get(strategy)}`)
  const ends = new WeakMap<Action, Action>()
  override(strategy, 'authenticate', (_original, holder) => {
    return function (this: unknown, ...asked: unknown[]): unknown {
      // A request's own inherits from it; the one for all is not to be told what to do with one.
      const isCalled = this !== strategy || given.has(strategy)
      const timing = isCalled ? instrument.start(operationOf, this, asked) : undefined
      if (timing === undefined) return holder.authenticate.apply(this, asked)
      for (const end of ENDS) endWith(this as Strategy, end, timing, ends)
      return instrument.pass(timing, holder.authenticate as never, this, asked)
    }
  })
  return strategy.authenticate
}

/** @param ends what was there before, by ours: one that is called itself may keep what it was given. */
function endWith(
  strategy: Strategy,
  name: (typeof ENDS)[number],
  timing: Timing,
  ends: WeakMap<Action, Action>,
): void {
  const found = strategy[name]
  if (typeof found !== 'function') return
  const action = ends.get(found as Action) ?? (found as Action)
  const ours: Action = function (...told) {
    if (name === 'error') timing.fail()
    timing.end()
    return action.apply(this, told)
  }
  ends.set(ours, action)
  strategy[name] = ours
}
