import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answers } from '../../src/cli/card/reader.ts'

/** A server on loopback that answers like Yardstick's port, from recorded answers. */
export interface Service {
  readonly url: string
  readonly port: number
  readonly asked: readonly IncomingMessage[]
  readonly close: () => Promise<void>
}

export type Respond = (request: IncomingMessage) => {
  readonly status?: number
  readonly type?: string
  readonly body: unknown
}

/** @param respond what it answers; a text body is sent as it is, anything else as JSON */
export async function service(respond: Respond, port = 0): Promise<Service> {
  const asked: IncomingMessage[] = []
  const server: Server = createServer((request, response) => {
    asked.push(request)
    const { status = 200, type = 'application/json', body } = respond(request)
    response.writeHead(status, { 'content-type': type, connection: 'close' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const bound = (server.address() as AddressInfo).port
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    asked,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Answers `metrics`, `prd-compliance` and `self`. */
export function recorded(answers: Answers): Respond {
  const byPath: Readonly<Record<string, unknown>> = {
    metrics: answers.metrics,
    'prd-compliance': answers.compliance,
    self: answers.self,
    health: answers.health,
  }
  return ({ url = '' }) => {
    const body = byPath[/^\/api\/v1\/performance\/([^?]*)/.exec(url)?.[1] ?? '']
    return body === undefined ? { status: 404, body: { detail: 'There is nothing at this path.' } } : { body }
  }
}
