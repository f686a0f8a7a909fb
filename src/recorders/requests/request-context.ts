// biome-ignore-all lint/complexity/noArguments: a rest parameter would be one array an event, of which most do nothing
import type { EventEmitter } from 'node:events'
import { nodeHttp } from '../../ground/node-http.ts'
import type { Detach } from '../../measure/recorder.ts'
import { override } from '../libraries/override.ts'
import { type Carrier, SCOPE } from './request-scope.ts'

type Emit = EventEmitter['emit']
type Emitting = Pick<EventEmitter, 'emit'>

/**
 * Makes listeners of a request and its response run in that request's scope. Since Node 24 the events of a body
 * that comes in later run in none: what a raw server does on 'data' and 'end' would belong to no request.
 */
export function keepContext(): Detach {
  const undo = [nodeHttp.IncomingMessage.prototype, nodeHttp.ServerResponse.prototype].map((prototype) =>
    override(prototype as EventEmitter, 'emit', carrying),
  )
  return () => {
    for (const each of undo) each()
  }
}

/** Puts an `emit` in place that runs listeners of what carries a scope in that scope. */
export function carrying(_original: Emit, holder: Emitting): Emit {
  return function emit(this: EventEmitter & Carrier, type: string | symbol): boolean {
    const scope = this[SCOPE]
    if (scope === undefined) return Reflect.apply(holder.emit, this, arguments)
    const { scopes } = scope.flow
    const current = scopes.getStore()
    const isIn = current === scope || (current === undefined && !scope.open)
    if (type === 'close' && scope.open && this instanceof nodeHttp.ServerResponse) {
      try {
        return isIn
          ? Reflect.apply(holder.emit, this, arguments)
          : scopes.run(scope, forward, holder.emit, this, arguments)
      } finally {
        // Our listener may have been taken off (`removeAllListeners`): the request would stay in flight for ever.
        scope.flow.end(this, scope)
      }
    }
    // Entering a scope costs as much as twenty events without listeners, so only where it must be.
    if (isIn || this.listenerCount(type) === 0) return Reflect.apply(holder.emit, this, arguments)
    return scopes.run(scope, forward, holder.emit, this, arguments)
  } as Emit
}

function forward(original: Emit, emitter: EventEmitter, given: ArrayLike<unknown>): boolean {
  return Reflect.apply(original, emitter, given)
}
