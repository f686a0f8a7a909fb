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
 * Route templates of Express: version 5 with router 2.3 publishes what it calls, older ones (5.0–5.2, 4) are patched
 * after they are loaded. Mounts give their templates (`/api/:version`), never what a request had there.
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
  subscribe(LAYER_STARTS, onLayer)
  undo.push(() => unsubscribe(LAYER_STARTS, onLayer), patchLoaded(layerPatches(routes, guard), guard))
  return detach
}

function layerStarts(routes: ExpressRoutes, { req, layer, param }: LayerStart): void {
  if (layer.route !== undefined) routes.routed(req, layer.route.path)
  else if (req.route !== undefined && (layer.method !== undefined || req.route.stack.includes(layer))) {
    routes.routed(req, req.route.path)
  } else if (param === undefined) routes.mounted(req, layer.rawPath)
}
