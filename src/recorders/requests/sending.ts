// biome-ignore-all lint/complexity/noArguments: a rest parameter would be one array a response, for nothing
import type { ServerResponse } from 'node:http'
import { nodeHttp } from '../../ground/node-http.ts'
import type { Detach } from '../../measure/recorder.ts'
import { override } from '../libraries/override.ts'
import { type Carrier, SCOPE } from './request-scope.ts'

type WriteHead = ServerResponse['writeHead']

/** Calls the flow when a response's headers are about to be sent: every way to send them goes through `writeHead`. */
export function watchSending(): Detach {
  return override(nodeHttp.ServerResponse.prototype, 'writeHead', telling)
}

function telling(original: WriteHead): WriteHead {
  return function writeHead(
    this: ServerResponse & Carrier,
    status: number,
    reason?: unknown,
    last?: unknown,
  ) {
    const scope = this[SCOPE]
    // Headers that were sent already make the original throw, as they should.
    if (scope?.open === true && !this.headersSent) {
      // As Node does: the third, wherever there is one.
      const isThird = typeof reason === 'string' || (last ?? null) !== null
      const given = isThird ? last : reason
      const headers = scope.flow.sending(this, scope, given)
      if (headers !== given) {
        return Reflect.apply(original, this, isThird ? [status, reason, headers] : [status, headers])
      }
    }
    return Reflect.apply(original, this, arguments)
  } as WriteHead
}
