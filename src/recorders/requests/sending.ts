import type { ServerResponse } from 'node:http'
import { nodeHttp } from '../../ground/node-http.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { Detach } from '../../measure/recorder.ts'
import { override } from '../libraries/override.ts'
import { type Carrier, SCOPE } from './request-scope.ts'

/** Puts the head of a response together, whichever way it is sent. Undocumented; the same in Node 22 to 26. */
interface HeadWriter {
  _storeHeader(firstLine: string, headers: unknown): unknown
}

const UNKNOWN = 'this Node.js sends headers in a way not known here: responses show none of Yardstick’s'

/**
 * Calls the flow when a response's headers are about to be sent, and sends its lines along. Not by `setHeader`: the
 * application would find them among its own (a cache of responses would store them, and send them again), and Node takes
 * each apart and puts it together again.
 */
export function watchSending(ledger: Ledger): Detach {
  const prototype = nodeHttp.ServerResponse.prototype as unknown as HeadWriter
  if (typeof prototype._storeHeader === 'function') return override(prototype, '_storeHeader', telling)
  ledger.report({ name: 'http', state: 'degraded', detail: UNKNOWN })
  return () => {}
}

function telling(_original: HeadWriter['_storeHeader'], holder: HeadWriter): HeadWriter['_storeHeader'] {
  return function _storeHeader(this: ServerResponse & Carrier, firstLine: string, headers: unknown): unknown {
    const scope = this[SCOPE]
    if (scope?.open !== true) return holder._storeHeader.call(this, firstLine, headers)
    // One of the application's, which may go past the one that ends the request.
    if (this.emit !== nodeHttp.ServerResponse.prototype.emit) this.prependOnceListener('close', onClose)
    return holder._storeHeader.call(this, firstLine + scope.flow.sending(this, scope, headers), headers)
  }
}

function onClose(this: ServerResponse & Carrier): void {
  const scope = this[SCOPE]
  scope?.flow.end(this, scope)
}
