// biome-ignore-all lint/complexity/noArguments: a rest parameter would be one array an event, of which most do nothing
import type { EventEmitter } from 'node:events'
import { nodeHttp } from '../../ground/node-http.ts'
import type { Detach } from '../../measure/recorder.ts'
import { override } from '../libraries/override.ts'
import { closing, leaving } from './ending.ts'
import { type Carrier, type RequestScope, SCOPE } from './request-scope.ts'

type Emit = EventEmitter['emit']
type Emitting = Pick<EventEmitter, 'emit'>

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
        closing(emit, { emit: carrying(emit, holder) }),
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
  return function emit(this: EventEmitter & Carrier, type: string | symbol): boolean {
    const scope = this[SCOPE]
    // Three of four events have no listeners, and to ask which scope is current costs more than to count them.
    if (scope === undefined || this.listenerCount(type) === 0 || !isElsewhere(scope)) {
      return Reflect.apply(holder.emit, this, arguments)
    }
    return scope.flow.scopes.run(scope, forward, holder.emit, this, arguments)
  } as Emit
}

function isElsewhere(scope: RequestScope): boolean {
  const current = scope.flow.scopes.getStore()
  return current !== scope && (current !== undefined || scope.open)
}

function forward(original: Emit, emitter: EventEmitter, given: ArrayLike<unknown>): boolean {
  return Reflect.apply(original, emitter, given)
}
