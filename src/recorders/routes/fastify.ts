import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import type { Ledger } from '../../measure/ledger.ts'
import type { Detach, Recorder } from '../../measure/recorder.ts'
import { Guard } from '../guard.ts'
import { scopeOf } from '../request-scope.ts'

const STARTS = 'fastify.initialization'

interface FastifyRequest {
  readonly raw: IncomingMessage
  /** `url` is the template, undefined where no route matched. */
  readonly routeOptions: { readonly url?: string }
}

type OnRequest = (request: FastifyRequest, reply: unknown, done: () => void) => void

interface FastifyStart {
  readonly fastify: { addHook(name: 'onRequest', hook: OnRequest): unknown }
}

/**
 * Route templates of Fastify 5. Ours is the first hook of each instance, so a request that another hook turns away
 * (401, 400) has its route too. Instances made before the recorder was attached stay without.
 */
export function fastify(): Recorder {
  return { name: 'fastify', attach }
}

function attach(ledger: Ledger): Detach {
  let on = true
  const undo = (): void => {
    on = false
    unsubscribe(STARTS, onStart)
  }
  const guard = new Guard('fastify', ledger, undo)
  const onRequest: OnRequest = (request, _reply, done) => {
    try {
      if (on) routed(request)
    } catch (error) {
      guard.caught(error)
    }
    done()
  }
  const onStart = (message: unknown): void => {
    try {
      ;(message as FastifyStart).fastify.addHook('onRequest', onRequest)
    } catch (error) {
      guard.caught(error)
    }
  }
  subscribe(STARTS, onStart)
  return undo
}

function routed(request: FastifyRequest): void {
  const scope = scopeOf(request.raw)
  if (scope === undefined) return
  const { url } = request.routeOptions
  if (url !== undefined) scope.routed(url === '' ? '/' : url, request.raw)
}
