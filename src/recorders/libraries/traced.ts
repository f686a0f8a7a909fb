import { tracingChannel } from 'node:diagnostics_channel'
import type { Operation, Timing } from '../../measure/operation.ts'
import type { Detach } from '../../measure/recorder.ts'
import type { Scope } from '../../measure/scope.ts'
import type { HasFailed, Instrument } from './instrument.ts'

interface Running {
  readonly timing: Timing
  readonly scope: Scope | undefined
  failed: boolean
}

interface TracedOptions<M> {
  /** Which operation a message tells of; `undefined` where it is none. */
  readonly operationOf: (message: M) => Operation | undefined
  /**
   * For functions that have done their work when they return; `either`: unless they give a promise. Default: it is done
   * with the promise or callback.
   */
  readonly sync?: boolean | 'either'
  /** For what tells of its failure in its result. */
  readonly hasFailed?: HasFailed
}

interface Message {
  readonly result?: unknown
}

/**
 * Times what a library publishes on a tracing channel of its own. A callback runs in the request of the caller: the
 * library would call it in that of its connection. Ends with the instrument, or by what is returned.
 *
 * @example
 * traced<{ command: string }>(instrument, 'ioredis:command', { operationOf: ({ command }) => … })
 */
export function traced<M extends object>(
  instrument: Instrument,
  name: string,
  { operationOf, sync = false, hasFailed }: TracedOptions<M>,
): Detach {
  const { scopes } = instrument.ledger
  const running = new WeakMap<object, Running>()
  const channel = tracingChannel<unknown, object>(name)
  const end = (message: Message): void => {
    const found = running.get(message)
    if (found === undefined) return
    running.delete(message)
    if (instrument.safely(() => hasFailed?.(message.result)) === true) found.timing.fail()
    found.timing.end()
  }
  const handlers = {
    start: (message: object) => {
      const timing = instrument.safely(() => operationOf(message as M)?.start())
      if (timing !== undefined) running.set(message, { timing, scope: scopes.getStore(), failed: false })
    },
    error: (message: object) => {
      const found = running.get(message)
      if (found === undefined) return
      found.failed = true
      found.timing.fail()
    },
    // What throws at once has no other end.
    end: (message: object) => {
      const isDone = sync === 'either' ? 'result' in message : sync
      if (isDone || running.get(message)?.failed === true) end(message)
    },
    // `asyncEnd` comes when the application's callback has run; graphql 17.0 publishes `asyncStart` at once.
    asyncStart: sync === 'either' ? () => {} : end,
    asyncEnd: sync === 'either' ? end : () => {},
  }
  channel.asyncStart.bindStore(
    scopes,
    (message) => (running.get(message) ?? { scope: scopes.getStore() }).scope,
  )
  channel.subscribe(handlers)
  const quiet = (): void => {
    channel.unsubscribe(handlers)
    channel.asyncStart.unbindStore(scopes)
  }
  instrument.undo(quiet)
  return quiet
}
