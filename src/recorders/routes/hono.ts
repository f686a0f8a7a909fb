import { createRequire } from 'node:module'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { RequestScope } from '../requests/request-scope.ts'
import { type HonoContext, handledBy } from './hono-context.ts'

type ContextClass = new (...given: unknown[]) => HonoContext

/**
 * Route templates of Hono 4 on Node.js. Each of its contexts makes itself known; which of the fitting routes has
 * answered is seen when the response is closed.
 */
export function hono(): Recorder {
  return library({
    name: 'hono',
    versions: { hono: '>=4.6 <5' },
    files: { 'hono/dist/cjs/context.js': watchContexts },
    modules: { 'hono/dist/context.js': { bindings: ['Context'], patch: watchContexts } },
  })
}

function watchContexts(exports: { readonly Context: ContextClass }, instrument: Instrument): void {
  const telling = (Original: ContextClass): ContextClass =>
    class Context extends Original {
      constructor(...given: unknown[]) {
        super(...given)
        instrument.safely(() => {
          const current = instrument.ledger.scopes.getStore()
          handledBy(this, current instanceof RequestScope ? current : undefined)
        })
      }
    }
  const own = Object.getOwnPropertyDescriptor(exports, 'Context')
  if (own?.set !== undefined || own?.configurable === true) {
    instrument.replace(exports, 'Context', telling as never)
    return
  }
  // Up to 4.13.0 what CommonJS exports cannot be changed, only exchanged as a whole: nobody has it yet.
  const module = Object.values(createRequire(import.meta.url).cache).find((each) => each?.exports === exports)
  if (module === undefined || typeof exports.Context !== 'function') throw new TypeError('no Context')
  module.exports = { ...exports, Context: telling(exports.Context) }
}
