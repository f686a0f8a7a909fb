import type { ServerResponse } from 'node:http'
import { nodeHttp } from '../../ground/node-http.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { Detach } from '../../measure/recorder.ts'
import { override } from '../libraries/override.ts'
import type { RequestFlow } from './request-flow.ts'
import { type Carrier, SCOPE } from './request-scope.ts'

/** Puts the head of a response together, whichever way it is sent. Undocumented; the same in Node 22 to 26. */
interface HeadWriter {
  _storeHeader(firstLine: string, headers: unknown): unknown
}

type StoreHeader = HeadWriter['_storeHeader']

const NO_HEADS =
  'this Node.js sends headers in a way not known here: responses show none of Yardstick’s, and streams of ' +
  'server-sent events count as requests'

/**
 * Calls the flow when a response's headers are about to be sent, and sends its lines along. Not by `setHeader`: the
 * application would find them among its own (a cache of responses would store them, and send them again), and Node takes
 * each apart and puts it together again.
 */
export function watchSending(flow: RequestFlow, ledger: Ledger): Detach {
  const prototype = nodeHttp.ServerResponse.prototype as unknown as HeadWriter
  if (typeof prototype._storeHeader === 'function') return override(prototype, '_storeHeader', telling(flow))
  ledger.report({ name: 'http', state: 'degraded', detail: NO_HEADS })
  return () => {}
}

function telling(flow: RequestFlow): (original: StoreHeader, holder: HeadWriter) => StoreHeader {
  return (_original, holder) =>
    function _storeHeader(this: ServerResponse & Carrier, firstLine: string, headers: unknown): unknown {
      const scope = this[SCOPE]
      // Another flow, or another copy of us, sends the lines of its own.
      if (scope?.open !== true || scope.flow !== flow)
        return holder._storeHeader.call(this, firstLine, headers)
      return holder._storeHeader.call(this, firstLine + flow.sending(this, scope, headers), headers)
    }
}
