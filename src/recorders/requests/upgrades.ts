// biome-ignore-all lint/complexity/noArguments: a rest parameter would be one array a request, for nothing
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { nodeHttp } from '../../ground/node-http.ts'
import type { Detach } from '../../measure/recorder.ts'
import { override } from '../libraries/override.ts'
import type { RequestFlow } from './request-flow.ts'

type Emit = EventEmitter['emit']
type Emitting = Pick<EventEmitter, 'emit'>

const LISTENS = 'tracing:net.server.listen:asyncStart'

/**
 * Sees requests that turn their connection into something else. Node publishes nothing of them, and a listener
 * for 'upgrade' would change how a server without one answers, so the server's `emit` is watched.
 */
export function watchUpgrades(flow: RequestFlow): Detach {
  const undo = [override(nodeHttp.Server.prototype as EventEmitter, 'emit', watching(flow))]
  const seen = new Set<object>()
  // A server for HTTPS inherits from TLS, not from the above; loading that module only for this is not worth it.
  const onListen = (message: unknown): void => {
    try {
      const { server } = message as { readonly server: object }
      const prototype = Object.getPrototypeOf(server)
      if (server instanceof nodeHttp.Server || !('maxHeadersCount' in server) || seen.has(prototype)) return
      seen.add(prototype)
      undo.push(override(prototype as EventEmitter, 'emit', watching(flow)))
    } catch (error) {
      flow.caught(error)
    }
  }
  subscribe(LISTENS, onListen)
  return () => {
    unsubscribe(LISTENS, onListen)
    for (const each of undo) each()
  }
}

function watching(flow: RequestFlow): (original: Emit, holder: Emitting) => Emit {
  return (_original, holder) =>
    function emit(this: EventEmitter, type: string | symbol, request?: unknown, socket?: unknown): boolean {
      // What a server of HTTP/2 emits as 'connect' is a request of another kind, and its response; an application may
      // emit anything.
      if ((type === 'upgrade' || type === 'connect') && request instanceof nodeHttp.IncomingMessage) {
        flow.upgraded(request, socket as Socket)
      }
      return Reflect.apply(holder.emit, this, arguments)
    } as Emit
}
