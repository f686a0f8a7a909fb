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

/** What we have put an end in the place of. */
interface End {
  readonly action: Action
  readonly timing: Timing
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
  // Those that are given in the place of a name: nobody is asked for them, and they are called themselves.
  const given = new WeakSet<object>()
  const ours = new WeakSet<object>()
  const take = (strategy: Strategy): void => {
    // One that is frozen cannot be watched: asked for again and again, it would be an error of ours each time.
    if (ours.has(strategy.authenticate) || !Object.isExtensible(strategy)) return
    ours.add(watchStrategy(strategy, names, given, instrument))
  }
  instrument.replace(Authenticator.prototype, '_strategy', (original) => {
    return function (this: unknown, ...asked: unknown[]): unknown {
      const strategy = original.apply(this, asked)
      instrument.safely(() => {
        if (!isStrategy(strategy)) return
        names.set(strategy, String(asked[0]))
        take(strategy)
      })
      return strategy
    } as typeof original
  })
  for (const name of ['authenticate', 'authorize']) {
    instrument.replace(Authenticator.prototype, name, (original) => {
      return function (this: unknown, ...asked: unknown[]): unknown {
        instrument.safely(() => {
          for (const each of [asked[0]].flat()) {
            if (!isStrategy(each)) continue
            given.add(each)
            take(each)
          }
        })
        return original.apply(this, asked)
      } as typeof original
    })
  }
}

/** As passport tells one from a name. */
function isStrategy(value: unknown): value is Strategy {
  return typeof (value as Strategy | null | undefined)?.authenticate === 'function'
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
  const nameOf = (called: unknown): string => {
    if (called !== strategy) return names.get(strategy) ?? UNNAMED
    return typeof strategy.name === 'string' ? strategy.name : UNNAMED
  }
  const operationOf = (called: unknown) =>
    instrument.ledger.operation(AUTHENTICATION, `passport.${nameOf(called)}`)
  const ends = new WeakMap<Action, End>()
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

/** @param ends those of ours: one that is called itself may keep what it was given, and would get longer and longer. */
function endWith(
  strategy: Strategy,
  name: (typeof ENDS)[number],
  timing: Timing,
  ends: WeakMap<Action, End>,
): void {
  const found = strategy[name] as Action
  if (typeof found !== 'function') return
  const before = ends.get(found)
  const action = before === undefined || before.timing.running ? found : before.action
  const ours: Action = function (...told) {
    if (name === 'error') timing.fail()
    timing.end()
    return action.apply(this, told)
  }
  ends.set(ours, { action, timing })
  strategy[name] = ours
}
