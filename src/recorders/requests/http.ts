import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Ledger } from '../../measure/ledger.ts'
import type { Detach, Recorder } from '../../measure/recorder.ts'
import type { HttpOptions } from './http-options.ts'
import { watchHttp2 } from './http2.ts'
import { keepContext } from './request-context.ts'
import { RequestFlow } from './request-flow.ts'
import { watchSending } from './sending.ts'
import { keepTickShape } from './tick-shape.ts'
import { watchUpgrades } from './upgrades.ts'

const STARTS = 'http.server.request.start'

/**
 * Records every request that a server of this thread answers over HTTP/1 or HTTP/2, as `request` / `METHOD template`:
 * duration from the request's head to the close of its response, outcome (see `hasFailed`), requests in flight,
 * users. Streams of server-sent events, upgraded connections and long polls count as `wait` instead. Costs a request
 * of HTTP/1 two clock reads and one object.
 *
 * @example
 * const detach = http({ ignore: ['/healthz'] }).attach(ledger)
 */
export function http(options: HttpOptions = {}): Recorder {
  return { name: 'http', attach: (ledger) => attach(ledger, options) }
}

function attach(ledger: Ledger, options: HttpOptions): Detach {
  const undo: Detach[] = []
  const detach = (): void => {
    for (const each of undo.splice(0)) each()
  }
  const flow = new RequestFlow(ledger, options, detach)
  keepTickShape()
  const loseContext = keepContext()
  // Requests under way are still recorded.
  undo.push(
    () => flow.whenIdle(loseContext),
    watchSending(flow, ledger),
    watchUpgrades(flow),
    watchHttp2(flow),
  )
  subscribe(STARTS, flow.start)
  undo.push(() => unsubscribe(STARTS, flow.start))
  return detach
}
