import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Stage } from '../../../contracts/recorder/stage.ts'
import { frameworkContract } from '../../../contracts/recorder.ts'

frameworkContract({
  name: 'a plain server',
  hasRoutes: false,
  open: async (stage) => {
    return createServer((request, response) => {
      answer(stage, request, response).catch(() => response.writeHead(500).end())
    })
  },
})

async function answer(stage: Stage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url!.replace(/\?.*/, '')
  if (path === '/throws' || path === '/rejects' || path === '/api/v1/broken') throw new Error(path)
  if (path === '/private') response.writeHead(401).end()
  else if (path === '/json') response.writeHead(400).end()
  else if (path === '/slow') await stage.slow(response)
  else if (path === '/partial') await stage.partial(response)
  else if (path === '/events') await stage.events(request, response)
  else if (path === '/stream') await stage.stream(response)
  else if (path === '/cut') stage.cut(request, response)
  else if (path === '/echo') await stage.echo(request, response)
  else if (path === '/users/0' || path.startsWith('/nothing')) response.writeHead(404).end()
  else if (path.startsWith('/users/')) response.end(`user ${path.slice(7)}`)
  else response.end('fine')
}
