import type { Detach } from '../../measure/recorder.ts'
import type { Guard } from '../guard.ts'
import type { Patch } from '../loading.ts'
import { override } from '../override.ts'
import type { ExpressRequest, ExpressRoutes } from './express-routes.ts'
import type { Path } from './templates.ts'

/** Where a layer keeps the path it was mounted under: these versions keep only what they made of it. */
const MOUNTED: unique symbol = Symbol('yardstick.mounted')

interface Layer {
  readonly route?: { readonly path: Path }
  readonly rawPath?: Path
  [MOUNTED]?: Path
}

type Handle = (this: Layer, request: ExpressRequest, response: unknown, next: unknown) => unknown
type Use = (this: { readonly stack: readonly Layer[] }, ...given: unknown[]) => unknown

/** For Express 4 (`express/lib/router`) and Express 5.0–5.2 (`router` 2.0–2.2). */
export function layerPatches(routes: ExpressRoutes, guard: Guard): readonly Patch[] {
  const watch = (exports: unknown): Detach | undefined => watchLayers(exports, routes, guard)
  return [
    { file: '/router/index.js', apply: keepMountPaths },
    { file: '/router/layer.js', apply: watch },
    { file: '/router/lib/layer.js', apply: watch },
  ]
}

function keepMountPaths(exports: unknown): Detach | undefined {
  const target = [exports, prototypeOf(exports)].find((each) => isRouter(each))
  if (target === undefined) return undefined
  return override(target as { use: Use }, 'use', (original) => {
    return function use(this: { readonly stack: readonly Layer[] }, ...given: unknown[]): unknown {
      const before = this.stack.length
      const result = original.apply(this, given)
      const path = firstOf(given[0])
      if (typeof path === 'function') return result
      for (const layer of this.stack.slice(before)) layer[MOUNTED] = given[0] as Path
      return result
    }
  })
}

/** `use([first, second])` has no path, `use(['/a', '/b'], first)` has. */
function firstOf(given: unknown): unknown {
  let first = given
  while (Array.isArray(first) && first.length > 0) first = first[0]
  return first
}

function watchLayers(exports: unknown, routes: ExpressRoutes, guard: Guard): Detach | undefined {
  const prototype = prototypeOf(exports) as Record<string, Handle> | undefined
  const name = ['handleRequest', 'handle_request'].find((each) => typeof prototype?.[each] === 'function')
  if (prototype === undefined || name === undefined || typeof prototype.match !== 'function') return undefined
  // Router 2.3 and later publish; patched too, each route would be looked up twice.
  if (/requestChannel/.test(String(prototype[name]))) return undefined
  return override(prototype, name, (original) => {
    return function handleRequest(
      this: Layer,
      request: ExpressRequest,
      response: unknown,
      next: unknown,
    ): unknown {
      try {
        if (this.route !== undefined) routes.routed(request, this.route.path)
        else if (this[MOUNTED] !== undefined) routes.mounted(request, this[MOUNTED])
      } catch (error) {
        guard.caught(error)
      }
      return original.call(this, request, response, next)
    }
  })
}

function prototypeOf(exports: unknown): unknown {
  return typeof exports === 'function' ? exports.prototype : undefined
}

function isRouter(target: unknown): boolean {
  const { use, route, handle } = (target ?? {}) as Record<string, unknown>
  return typeof use === 'function' && typeof route === 'function' && typeof handle === 'function'
}
