import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
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
  const routes = new ExpressRoutes()
  let quiet = (): void => {}
  const subscribeTo = (instrument: Instrument): void => {
    const onLayer = (message: unknown): void => {
      instrument.safely(() => layerStarts(routes, message as LayerStart))
    }
    subscribe(LAYER_STARTS, onLayer)
    quiet = () => void unsubscribe(LAYER_STARTS, onLayer)
    instrument.undo(quiet)
  }
  return library({
    name: 'express',
    versions: { express: '>=4 <6', router: '>=2 <3' },
    // To publish costs the router 1 µs a request, a patched layer 0.1: where the patch took, the channel is left.
    files: layerPatches(routes, () => quiet()),
    // Express 5 has nothing of its own to patch: its layers are the router's.
    channel: { since: { express: '>=5' }, subscribe: subscribeTo },
  })
}

function layerStarts(routes: ExpressRoutes, { req, layer, param }: LayerStart): void {
  if (layer.route !== undefined) routes.routed(req, layer.route.path)
  else if (req.route !== undefined && (layer.method !== undefined || req.route.stack.includes(layer))) {
    routes.routed(req, req.route.path)
  } else if (param === undefined) routes.mounted(req, layer.rawPath)
}
