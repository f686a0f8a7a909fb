// biome-ignore-all lint/complexity/noArguments: a rest parameter would be one array an event, of which most do nothing
import { EventEmitter } from 'node:events'
import { nodeEmit } from '../../ground/node-emit.ts'
import { nodeHttp } from '../../ground/node-http.ts'
import type { Detach } from '../../measure/recorder.ts'
import { override } from '../libraries/override.ts'
import { closing, leaving } from './ending.ts'
import { type Carrier, type RequestScope, SCOPE } from './request-scope.ts'

type Emit = EventEmitter['emit']
type Emitting = Pick<EventEmitter, 'emit'>
type Carrying = EventEmitter & Carrier

const { listenerCount } = EventEmitter.prototype

// One `emit` for all: a recorder taken off keeps it until its last request has ended, when the next one has it, too,
// and one over the other could not be taken off any more.
let keepers = 0
let undo: readonly Detach[] = []

/**
 * Makes listeners of a request and its response run in that request's scope, and ends the scope with the response.
 * Since Node 24 the events of a body that comes in later run in none: what a raw server does on 'data' and 'end' would
 * belong to no request.
 */
export function keepContext(): Detach {
  if (keepers++ === 0) {
    const { IncomingMessage, ServerResponse } = nodeHttp
    undo = [
      override(IncomingMessage.prototype as EventEmitter, 'emit', carrying),
      override(ServerResponse.prototype as EventEmitter, 'emit', (emit, holder) =>
        closing(carrying(emit, holder)),
      ),
      override(ServerResponse.prototype, 'detachSocket', leaving),
    ]
  }
  return () => {
    if (--keepers === 0) for (const each of undo) each()
  }
}

/** Puts an `emit` in place that runs listeners of what carries a scope in that scope. */
export function carrying(_original: Emit, holder: Emitting): Emit {
  // Apart, and not a part of `emit`: what is passed on by more than `Reflect.apply` would be an array for every event.
  const elsewhere = function (this: Carrying): boolean {
    const scope = this[SCOPE]!
    return scope.flow.scopes.run(scope, forward, holder.emit, this, arguments)
  }
  return function emit(this: Carrying, type: string | symbol): boolean {
    // Most events have no listeners: Node would look for them a second time, and do nothing.
    if (listenerCount.call(this, type) === 0 && type !== 'error' && holder.emit === nodeEmit) return false
    const scope = this[SCOPE]
    const isHere = scope === undefined || !isElsewhere(scope)
    return Reflect.apply(isHere ? holder.emit : elsewhere, this, arguments)
  } as Emit
}

function isElsewhere(scope: RequestScope): boolean {
  const current = scope.flow.scopes.getStore()
  return current !== scope && (current !== undefined || scope.open)
}

function forward(original: Emit, emitter: EventEmitter, given: ArrayLike<unknown>): boolean {
  return Reflect.apply(original, emitter, given)
}
