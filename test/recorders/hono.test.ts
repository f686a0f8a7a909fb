import { frameworkContract } from '../../contracts/recorder.ts'
import { imported, noFrameworks, required } from './frameworks.ts'
import { type HonoModules, honoApplication } from './hono-application.ts'

type Load = <T>(name: string) => T | Promise<T>

const versions: readonly (readonly [name: string, load: Load, hono: string, node: string])[] = [
  ['hono 4 as ES modules', imported, 'hono', '@hono/node-server'],
  ['hono 4', required, 'hono', '@hono/node-server'],
  ['hono 4.6 as ES modules', imported, 'hono46', 'hono-node-server-1'],
  ['hono 4.6', required, 'hono46', 'hono-node-server-1'],
]

for (const [name, load, hono, node] of noFrameworks === undefined ? versions : []) {
  frameworkContract({
    name,
    hasRoutes: true,
    open: async (stage) => {
      const sent = await load<HonoModules['sent']>(`${node}/utils/response`)
      return honoApplication({ hono: await load(hono), node: await load(node), sent }, stage)
    },
  })
}
