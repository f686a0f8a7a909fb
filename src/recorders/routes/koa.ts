import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library, type Patch } from '../libraries/library.ts'
import { handledBy, type KoaContext } from './koa-context.ts'

/**
 * Route templates of Koa 2 and 3 with `@koa/router` or `koa-router`, which leave them in the context. They are read
 * when the response is closed: only then is it known which of several fitting routes has answered.
 */
export function koa(): Recorder {
  return library({
    name: 'koa',
    versions: { koa: '>=2.5 <4', '@koa/router': '>=10 <16', 'koa-router': '>=10 <15' },
    files: {
      'koa/lib/application.js': watchContexts,
      '@koa/router/lib/router.js': isRouter,
      '@koa/router/dist/index.js': isRouter,
      'koa-router/lib/router.js': isRouter,
    },
    modules: { '@koa/router/dist/index.mjs': { bindings: ['Router'], patch: isRouter } },
  })
}

function watchContexts(Application: { readonly prototype: object }, instrument: Instrument): void {
  instrument.replace(Application.prototype, 'createContext', (original) => {
    return function createContext(this: unknown, ...given: unknown[]): unknown {
      const context = original.apply(this, given)
      instrument.safely(() => handledBy(context as KoaContext))
      return context
    } as typeof original
  })
}

/** Nothing of a router is replaced; but what is no router leaves nothing in a context. */
const isRouter: Patch = (exports) => {
  const { Router = exports } = exports as { readonly Router?: unknown }
  const { prototype } = Router as { readonly prototype?: { readonly routes?: unknown } }
  if (typeof prototype?.routes !== 'function') throw new TypeError('no router')
}
