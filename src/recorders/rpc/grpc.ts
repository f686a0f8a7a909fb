import type { Timing } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import { Destinations } from '../external/destinations.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { httpStatus } from '../requests/grpc-headers.ts'
import { RequestScope } from '../requests/request-scope.ts'

const GRPC = 'grpc'
const CANCELLED = 1
/** Every call is sent so. */
const CALL = { method: 'POST' }

/** A method that a server has been given. */
interface Handler {
  readonly path: string
  readonly type: string
}

interface Listener {
  onReceiveMetadata(metadata: unknown): void
  onReceiveMessage(message: unknown): void
  onReceiveStatus(status: { readonly code: number }): void
}

type Start = (this: unknown, metadata: unknown, listener: Listener) => unknown

/**
 * Calls of `@grpc/grpc-js`. To a server a call is a request over HTTP/2, whose route is the method: `request` /
 * `POST /shop.Orders/Get`, and with the same duration and outcome `grpc` / `shop.Orders/Get`. One that streams is a wait.
 * A client's calls are `external`, by method and host, from the start to the status; what comes of them runs in the
 * caller's request.
 */
export function grpc(): Recorder {
  return library({
    name: 'grpc',
    versions: { '@grpc/grpc-js': '>=1.8 <1.15' },
    files: {
      '@grpc/grpc-js/build/src/server.js': watchServer,
      '@grpc/grpc-js/build/src/client-interceptors.js': watchClient,
    },
  })
}

function watchServer(
  exports: { readonly Server: { readonly prototype: object } },
  instrument: Instrument,
): void {
  const { ledger } = instrument
  // Before the interceptors: what they turn away has its method, too.
  instrument.replace(exports.Server.prototype, '_retrieveHandler', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const handler = original.apply(this, given) as Handler | null
      instrument.safely(() => {
        const scope = ledger.scopes.getStore()
        // A method that nobody has is told by the client alone.
        if (!(scope instanceof RequestScope) || handler === null) return
        const { path, type } = handler
        scope.routed(path, CALL)
        if (type !== 'unary') scope.stays()
        else scope.also = ledger.operation(GRPC, withoutSlash(path))
      })
      return handler
    } as typeof original
  })
}

function withoutSlash(path: string): string {
  return path.startsWith('/') ? path.slice(1) : path
}

function watchClient(exports: object, instrument: Instrument): void {
  const destinations = new Destinations(instrument.ledger)
  const operationOf = (_self: unknown, [, method, , channel]: readonly unknown[]) => {
    const { path } = method as { readonly path: string }
    const target = (channel as { getTarget(): string }).getTarget()
    return destinations.find(withoutSlash(path), target, hostOf)
  }
  instrument.replace(exports, 'getInterceptingCall', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const call = original.apply(this, given)
      instrument.safely(() => {
        const { start } = call as { readonly start: Start }
        const value: Start = function (metadata, listener) {
          const timing = instrument.start(operationOf, this, given)
          if (timing === undefined) return start.call(this, metadata, listener)
          const heard = instrument.safely(() => hearing(listener, timing, instrument)) ?? listener
          return instrument.pass(timing, start as never, this, [metadata, heard])
        }
        Object.defineProperty(call, 'start', { value, configurable: true, writable: true, enumerable: false })
      })
      return call
    } as typeof original
  })
}

/** By their number of parameters the library knows its own listeners. */
function hearing(listener: Listener, timing: Timing, instrument: Instrument): Listener {
  const bound = <T>(tell: (told: T) => void) => instrument.bound(tell as never) as unknown as typeof tell
  let answered = false
  const onMetadata = bound((metadata) => listener.onReceiveMetadata(metadata))
  const onMessage = bound((message) => listener.onReceiveMessage(message))
  const onStatus = bound((status: { readonly code: number }) => listener.onReceiveStatus(status))
  return {
    onReceiveMetadata: (metadata) => onMetadata(metadata),
    onReceiveMessage: (message) => {
      if (message !== null) answered = true
      onMessage(message)
    },
    onReceiveStatus: (status) => {
      // Who does not want the rest of an answer has got what it asked for.
      if (httpStatus(status.code) >= 500 || (status.code === CANCELLED && !answered)) timing.fail()
      timing.end()
      onStatus(status)
    },
  }
}

/** @example hostOf('dns:orders.example:443') // 'orders.example' */
function hostOf(target: string): string {
  const [, scheme, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):)?(.*)$/i.exec(target) ?? []
  // A socket's path is a name of this machine's.
  if (scheme?.startsWith('unix') === true) return 'localhost'
  const address = rest.replace(/^\/\/[^/]*\//, '').split(',', 1)[0]!
  return address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}
