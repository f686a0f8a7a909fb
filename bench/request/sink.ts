import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A collector that takes whatever it is sent and forgets it: rivals that send must have somewhere to send to. */
export interface Sink {
  readonly url: string
  readonly close: () => void
}

export async function openSink(): Promise<Sink> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
