import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { type OnRequest, routeHook } from './fastify-hook.ts'

const STARTS = 'fastify.initialization'

interface FastifyStart {
  readonly fastify: { addHook(name: 'onRequest', hook: OnRequest): unknown }
}

/**
 * Route templates of Fastify 5. Ours is the first hook of each instance, so a request that another hook turns away
 * (401, 400) has its route too. Instances made before the recorder was attached stay without.
 */
export function fastify(): Recorder {
  return library({
    name: 'fastify',
    versions: { fastify: '>=5 <6' },
    channel: { since: { fastify: '>=4.28' }, subscribe: addHooks },
  })
}

function addHooks(instrument: Instrument): void {
  const onStart = (message: unknown): void => {
    instrument.safely(() => {
      const { fastify } = message as FastifyStart
      fastify.addHook(
        'onRequest',
        routeHook((run) => instrument.safely(run)),
      )
    })
  }
  subscribe(STARTS, onStart)
  instrument.undo(() => void unsubscribe(STARTS, onStart))
}
