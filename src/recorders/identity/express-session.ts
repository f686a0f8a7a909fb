import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { AUTHENTICATION } from './components.ts'

/** Methods of a store. Those that are not there are optional. */
const METHODS = ['get', 'set', 'touch', 'destroy'] as const

type Store = { readonly prototype: object }

/**
 * Sessions that `express-session` asks its store for, and has it keep: who somebody is, so `authentication`, whatever the
 * store. What a client of Redis does for it is a part of it. A session that there is not is a good operation.
 */
export function expressSession(): Recorder {
  return library({
    name: 'express-session',
    versions: { 'express-session': '>=1.17 <1.20' },
    files: { 'express-session/session/store.js': watch },
  })
}

/** The middleware is what the file exports, which cannot be replaced; but it listens to the store that it is given. */
function watch({ prototype }: Store, instrument: Instrument): void {
  instrument.replace(prototype, 'on', (original) => {
    return function (this: object, ...given: unknown[]): unknown {
      if (given[0] === 'disconnect') instrument.safely(() => watchStore(this, prototype, instrument))
      return original.apply(this, given)
    } as typeof original
  })
}

function watchStore(store: object, base: object, instrument: Instrument): void {
  for (const method of METHODS) {
    const owner = ownerOf(store, method)
    // Once for all stores of a kind; what is inherited from elsewhere is not only a store's.
    if (owner !== undefined && Object.prototype.isPrototypeOf.call(base, owner)) {
      watchMethod(owner, method, instrument)
    }
  }
}

function ownerOf(object: object, name: string): object | undefined {
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (Object.hasOwn(at, name)) return at
  }
  return undefined
}

function watchMethod(owner: object, method: string, instrument: Instrument): void {
  const name = `express-session.${method}`
  const operationOf = () => instrument.ledger.primitive(AUTHENTICATION, name)
  instrument.replace(owner, method, (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const timing = instrument.start(operationOf, this, given)
      if (timing === undefined) return original.apply(this, given)
      const at = given.findLastIndex((each) => typeof each === 'function')
      if (at === -1) {
        return instrument.settled(timing, instrument.passInside(timing, original, this, given))
      }
      given[at] = instrument.ending(timing, given[at] as never, undefined, isMissing)
      return instrument.passInside(timing, original, this, given)
    } as typeof original
  })
}

/** To the middleware, a file that is not there is a session that there is not. */
function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
