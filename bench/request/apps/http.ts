import type * as Http from 'node:http'
import type { Server } from 'node:http'
import { rival } from '../../rival.ts'
import { hello, threeQueries } from '../handlers.ts'
import { type Monitor, ROUTE } from '../monitor.ts'
import { realRequest } from '../real.ts'

/** Without a framework. */
export function app(monitor: Monitor): Promise<Server> {
  // Required, not imported: some preloads patch what `require` gives.
  const { createServer } = rival<typeof Http>('node:http')!
  const { middleware } = monitor
  const real = realRequest(monitor)
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/'
    Object.assign(request, { [ROUTE]: path })
    const answer = async (): Promise<void> => {
      const body = path === '/real' ? await real() : path === '/db3' ? await threeQueries(monitor) : hello()
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    }
    if (middleware === undefined) await answer()
    else middleware(request, response, () => void answer())
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}
