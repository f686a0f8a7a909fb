import type { AsyncLocalStorage } from 'node:async_hooks'
import { isPromise, OwnPromise } from '../../ground/promise.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { Operation, Timing } from '../../measure/operation.ts'
import type { Detach } from '../../measure/recorder.ts'
import type { Scope } from '../../measure/scope.ts'
import { Guard } from './guard.ts'
import { override } from './override.ts'

/** Marks what is in place of a library's own: two copies of a library may share a prototype. */
const REPLACED: unique symbol = Symbol.for('yardstick.replaced') as never

// biome-ignore lint/complexity/noBannedTypes: a library's function, of which nothing is known
export type AnyFunction = Function & ((this: unknown, ...given: unknown[]) => unknown)

/**
 * Which operation a call is; `undefined` where it is none. Asked for at the call, never while a library is patched: the
 * first operation starts the engine, and a build tool that only loads the library must not pay for one.
 */
export type OperationOf<T = unknown> = (self: T, given: readonly unknown[]) => Operation | undefined

/**
 * What a recorder puts in the way of a library's calls. The library and the application notice nothing: whatever goes
 * wrong on our side is caught, and after ten times everything is put back. What the library throws, returns, rejects
 * with and calls back stays as it was.
 */
export class Instrument {
  readonly ledger: Ledger
  readonly #scopes: AsyncLocalStorage<Scope | undefined>
  readonly #guard: Guard
  readonly #undo: Detach[] = []
  #on = true

  constructor(name: string, ledger: Ledger) {
    this.ledger = ledger
    this.#scopes = ledger.scopes
    this.#guard = new Guard(name, ledger, () => this.detach())
  }

  detach(): void {
    // What cannot be put back, because somebody has wrapped ours, passes calls on from now on.
    this.#on = false
    for (const undo of this.#undo.splice(0).reverse()) undo()
  }

  /** Does what may turn out to be impossible: then it throws, and what it had done by then is put back. */
  attempt(patch: () => void): void {
    if (!this.#on) return
    const before = this.#undo.length
    try {
      patch()
    } catch (error) {
      for (const undo of this.#undo.splice(before).reverse()) undo()
      throw error
    }
  }

  /** Remembers what else is to be undone. */
  undo(undo: Detach): void {
    this.#undo.push(undo)
  }

  /** For errors of ours in a place of the recorder's own. */
  caught(error: unknown): void {
    this.#guard.caught(error)
  }

  /** Runs what is ours: `undefined` where it fails. */
  safely<R>(run: () => R): R | undefined {
    if (!this.#on) return undefined
    try {
      return run()
    } catch (error) {
      this.#guard.caught(error)
      return undefined
    }
  }

  /**
   * Puts a function in the place of a library's method or export, once.
   *
   * @throws TypeError where there is none: the library is not as the recorder knows it
   */
  replace<T extends object>(
    target: T,
    name: PropertyKey,
    make: (original: AnyFunction) => AnyFunction,
  ): void {
    const original = (target as Record<PropertyKey, unknown>)[name]
    if (typeof original !== 'function') throw new TypeError(`there is no function ${String(name)}`)
    if (REPLACED in original) return
    const undo = override(target as Record<PropertyKey, never>, name, (before) => {
      const ours = make(before)
      Object.defineProperty(ours, REPLACED, { value: true })
      return ours as never
    })
    this.#undo.push(undo)
  }

  /**
   * Times each call of a method or export: until it returns, until its promise is settled, or until its callback (a
   * function as the last argument, `undefined`s apart) is called, with an error or without.
   */
  time<T = unknown>(
    target: object,
    name: PropertyKey,
    operationOf: OperationOf<T>,
    { hitOf, hitFor, hasFailed, callbacks }: TimeOptions<T> = {},
  ): void {
    const instrument = this
    this.replace(target, name, (original) => {
      const calledBack = callbacks ?? !isAsync(original)
      return function (this: unknown, ...given: unknown[]): unknown {
        const timing = instrument.start(operationOf, this as T, given)
        if (timing === undefined) return original.apply(this, given)
        const hit = hitFor === undefined ? hitOf : instrument.safely(() => hitFor(this as T, given))
        if (calledBack) return instrument.call(timing, original, this, given, hit, hasFailed)
        return instrument.settled(timing, instrument.pass(timing, original, this, given, hit), hit, hasFailed)
      }
    })
  }

  /** Calls `original` and ends the timing with its callback (a function as the last argument), else as `run` does. */
  call(
    timing: Timing,
    original: AnyFunction,
    self: unknown,
    given: unknown[],
    hitOf?: HitOf,
    hasFailed?: HasFailed,
  ): unknown {
    const at = callbackAt(given)
    if (at === -1)
      return this.settled(timing, this.pass(timing, original, self, given, hitOf), hitOf, hasFailed)
    given[at] = this.ending(timing, given[at] as AnyFunction, hitOf, undefined, hasFailed)
    return this.pass(timing, original, self, given, hitOf)
  }

  /** Makes callbacks of a method (a function as the last argument) run in the request of the caller. */
  bind(target: object, name: PropertyKey): void {
    const instrument = this
    this.replace(target, name, (original) => {
      return function (this: unknown, ...given: unknown[]): unknown {
        const at = callbackAt(given)
        if (at !== -1) given[at] = instrument.bound(given[at] as AnyFunction)
        return original.apply(this, given)
      }
    })
  }

  /**
   * Starts timing a call.
   *
   * @param scope the request of the caller, where it was found already
   */
  start<T>(
    operationOf: OperationOf<T>,
    self: T,
    given: readonly unknown[],
    scope?: Scope,
  ): Timing | undefined {
    if (!this.#on) return undefined
    try {
      const operation = operationOf(self, given)
      return scope === undefined ? operation?.start() : operation?.startFor(scope)
    } catch (error) {
      this.#guard.caught(error)
      return undefined
    }
  }

  /**
   * The same for what comes right after another operation, which it ends, and in that one's request: which operation it
   * is must not depend on the caller's. To find that out counts as a part of the one before.
   */
  startAfter<T>(
    before: Timing,
    operationOf: OperationOf<T>,
    self: T,
    given: readonly unknown[],
  ): Timing | undefined {
    if (!this.#on) return undefined
    try {
      const operation = operationOf(self, given)
      return operation === undefined ? undefined : before.next(operation)
    } catch (error) {
      this.#guard.caught(error)
      return undefined
    }
  }

  /** Calls `original` and ends the timing with it or with the promise that it returns. */
  run(
    timing: Timing,
    original: AnyFunction,
    self: unknown,
    given: readonly unknown[],
    hitOf?: HitOf,
  ): unknown {
    return this.settled(timing, this.pass(timing, original, self, given, hitOf), hitOf)
  }

  /** Calls `original`, and ends the timing only if that throws. */
  pass(
    timing: Timing,
    original: AnyFunction,
    self: unknown,
    given: readonly unknown[],
    hitOf?: HitOf,
  ): unknown {
    try {
      return original.apply(self, given as unknown[])
    } catch (error) {
      timing.failed(hitOf !== undefined)
      timing.end()
      throw error
    }
  }

  /** The same, and what other recorders see of the work is a part of this operation. */
  passInside(
    timing: Timing,
    original: AnyFunction,
    self: unknown,
    given: readonly unknown[],
    hitOf?: HitOf,
  ): unknown {
    return this.ledger.runInside(timing, passed, this, timing, original, self, given, hitOf)
  }

  /**
   * Ends the timing with a result, or when the promise is settled that it is. Returns what the caller gets: of a
   * promise one derived from it, since to follow it aside would hide that nobody handles its rejection. Only of
   * promises of Node's own kind: the `then` of another may be what starts its work.
   */
  settled(timing: Timing, result: unknown, hitOf?: HitOf, hasFailed?: HasFailed): unknown {
    if (!isPlainPromise(result)) {
      this.#end(timing, result, hitOf, hasFailed)
      return result
    }
    return result.then(
      (value) => {
        this.#end(timing, value, hitOf, hasFailed)
        return value
      },
      (error: unknown) => {
        timing.failed(hitOf !== undefined)
        timing.end()
        throw error
      },
    )
  }

  /**
   * A callback that ends the timing, as failed where its first argument is an error, and then runs the given one in
   * the request that `ending` was called in: drivers call back from whatever their connection's socket belongs to.
   *
   * @param isAnswer whether an error is what was asked for, and no failure
   */
  ending(
    timing: Timing,
    callback: AnyFunction,
    hitOf?: HitOf,
    isAnswer?: (error: unknown) => boolean,
    hasFailed?: HasFailed,
  ): AnyFunction {
    const instrument = this
    const run = this.bound(callback)
    return function (this: unknown, ...given: unknown[]): unknown {
      instrument.called(timing, given, hitOf, isAnswer, hasFailed)
      return run.apply(this, given)
    } as AnyFunction
  }

  /** A callback is called with this: ends its timing. */
  called(
    timing: Timing,
    given: readonly unknown[],
    hitOf?: HitOf,
    isAnswer?: (error: unknown) => boolean,
    hasFailed?: HasFailed,
  ): void {
    const error = given[0]
    if (error) {
      if (isAnswer === undefined || this.safely(() => isAnswer(error)) !== true)
        timing.failed(hitOf !== undefined)
      timing.end()
    } else this.#end(timing, given[1], hitOf, hasFailed)
  }

  /** The same function, run in the request of whoever calls `bound`. */
  bound(callback: AnyFunction): AnyFunction {
    const scopes = this.#scopes
    const scope = scopes.getStore()
    return function (this: unknown, ...given: unknown[]): unknown {
      if (scopes.getStore() === scope) return callback.apply(this, given)
      return scopes.run(scope, apply, callback, this, given)
    } as AnyFunction
  }

  #end(timing: Timing, value: unknown, hitOf: HitOf | undefined, hasFailed?: HasFailed): void {
    if (hasFailed !== undefined && this.safely(() => hasFailed(value)) === true) timing.fail()
    if (hitOf !== undefined) {
      const hit = this.safely(() => hitOf(value))
      if (hit !== undefined) timing.setHit(hit)
    }
    timing.end()
  }
}

export interface TimeOptions<T = unknown> {
  /** For reads of a cache: tells from what came whether it was a hit. */
  readonly hitOf?: HitOf
  /** The same, where it depends on the call whether it is such a read. */
  readonly hitFor?: (self: T, given: readonly unknown[]) => HitOf | undefined
  /** For what tells of its failure in its result. */
  readonly hasFailed?: HasFailed
  /** Whether a function as the last argument is a callback for the result. Default: unless the method is `async`. */
  readonly callbacks?: boolean
}

/** Whether a read of a cache hit; `undefined` where it cannot be told. */
export type HitOf = (value: unknown) => boolean | undefined

/** Whether what came in place of an error tells of one. */
export type HasFailed = (value: unknown) => boolean

function passed(
  instrument: Instrument,
  timing: Timing,
  original: AnyFunction,
  self: unknown,
  given: readonly unknown[],
  hitOf: HitOf | undefined,
): unknown {
  return instrument.pass(timing, original, self, given, hitOf)
}

function apply(callback: AnyFunction, self: unknown, given: unknown[]): unknown {
  return callback.apply(self, given)
}

/** Where the callback is among the arguments, or −1. */
function callbackAt(given: readonly unknown[]): number {
  let at = given.length - 1
  while (at >= 0 && given[at] === undefined) at--
  return typeof given[at] === 'function' ? at : -1
}

/** What gives a promise takes no callback: mongodb passes a class as the last argument. */
function isAsync(method: AnyFunction): boolean {
  return method.constructor.name === 'AsyncFunction'
}

/** Of Node's own kind, or of the one that the application has put in its place for all. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  if (!isPromise(value) || Object.hasOwn(value, 'then')) return false
  return value.constructor === OwnPromise || value.constructor === Promise
}
