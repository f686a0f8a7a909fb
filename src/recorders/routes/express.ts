import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Ledger } from '../../measure/ledger.ts'
import type { Detach, Recorder } from '../../measure/recorder.ts'
import { Guard } from '../guard.ts'
import { patchLoaded } from '../loading.ts'
import { layerPatches } from './express-layers.ts'
import { type ExpressRequest, ExpressRoutes } from './express-routes.ts'
import type { Path } from './templates.ts'

const LAYER_STARTS = 'tracing:express.router.request:start'

/** What the router publishes for each function it is about to call. */
interface LayerStart {
  readonly req: ExpressRequest
  readonly layer: {
    readonly rawPath: Path
    /** Set on what handles one method of a route. */
    readonly method?: string
    /** Set on the layer that stands for a route among its router's. */
    readonly route?: { readonly path: Path }
  }
  /** Set when the function is one for a parameter, which runs before its layer. */
  readonly param?: string
}

/**
 * Route templates of Express 4 and 5. Their layers are patched after they are loaded; where they were bundled into
 * other files, router 2.3 and later publish what they call. Mounts give their templates (`/api/:version`), never
 * what a request had there.
 */
export function express(): Recorder {
  return { name: 'express', attach }
}

function attach(ledger: Ledger): Detach {
  const undo: Detach[] = []
  const detach = (): void => {
    for (const each of undo.splice(0)) each()
  }
  const guard = new Guard('express', ledger, detach)
  const routes = new ExpressRoutes()
  const onLayer = (message: unknown): void => {
    try {
      layerStarts(routes, message as LayerStart)
    } catch (error) {
      guard.caught(error)
    }
  }
  const quiet = (): boolean => unsubscribe(LAYER_STARTS, onLayer)
  subscribe(LAYER_STARTS, onLayer)
  // To publish costs the router 1 µs a request, a patched layer 0.1: where the patch took, the channel is left.
  undo.push(quiet, patchLoaded(layerPatches(routes, guard, quiet), guard))
  return detach
}

function layerStarts(routes: ExpressRoutes, { req, layer, param }: LayerStart): void {
  if (layer.route !== undefined) routes.routed(req, layer.route.path)
  else if (req.route !== undefined && (layer.method !== undefined || req.route.stack.includes(layer))) {
    routes.routed(req, req.route.path)
  } else if (param === undefined) routes.mounted(req, layer.rawPath)
}
