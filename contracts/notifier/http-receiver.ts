import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Manner, Received, Receiver } from './receiver.ts'

const TRICKLE_MS = 20

/** @param answer what an accepting receiver says, with the status it says it with */
export async function httpReceiver(answer: {
  readonly status: number
  readonly body: string
}): Promise<Receiver> {
  const received: Received[] = []
  const timers = new Set<NodeJS.Timeout>()
  const server = createServer(async (request, response) => {
    if (receiver.manner.kind === 'reset') return void request.socket.resetAndDestroy()
    const one = await read(request).catch(() => undefined)
    if (one === undefined) return
    received.push(one)
    respond(receiver.manner, one, response)
  })

  function respond(manner: Manner, one: Received, response: ServerResponse): void {
    switch (manner.kind) {
      case 'accept':
        return void response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
      case 'refuse': {
        const { status, retryAfter } = manner
        const location = status >= 300 && status < 400 ? { location: '/elsewhere' } : {}
        const later = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
        return void response.writeHead(status, { ...location, ...later }).end(repeated(one))
      }
      case 'garbage':
        return void response.socket?.end('¿que? <html>\r\n\r\n')
      case 'trickle': {
        response.writeHead(manner.status)
        const timer = setInterval(() => response.write('.'), TRICKLE_MS)
        timers.add(timer)
        return void response.once('close', () => clearInterval(timer))
      }
      case 'hang':
      case 'reset':
    }
  }

  const receiver: Receiver = {
    port: 0,
    manner: { kind: 'accept' },
    received,
    async close() {
      for (const timer of timers) clearInterval(timer)
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(receiver, { port: (server.address() as AddressInfo).port })
}

async function read(request: IncomingMessage): Promise<Received> {
  const { method, url, headers } = request
  return { what: `${method} ${url}`, headers, body: await text(request) }
}

/** What a careless receiver repeats in its refusal: first what must not be shown. */
function repeated({ what, headers, body }: Received): string {
  const { authorization, 'x-key': key, ...others } = headers
  return JSON.stringify([authorization, key, what, others, body])
}
