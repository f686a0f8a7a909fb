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
  return function writeHead(this: ServerResponse & Carrier, ...given: unknown[]) {
    const scope = this[SCOPE]
    // Headers that were sent already make the original throw, as they should.
    if (scope?.open === true && !this.headersSent) {
      // As Node does: the third, wherever there is one.
      const at = typeof given[1] === 'string' || (given[2] ?? null) !== null ? 2 : 1
      const headers = scope.flow.sending(this, scope, given[at])
      if (headers !== given[at]) given[at] = headers
    }
    return original.apply(this, given as Parameters<WriteHead>)
  } as WriteHead
}
