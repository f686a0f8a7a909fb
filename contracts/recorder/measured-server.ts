import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo, Server as AnyServer } from 'node:net'
import type { HttpOptions } from '../../src/recorders/requests/http-options.ts'
import { recorders } from '../../src/recorders/table.ts'
import { RawClient } from './raw-client.ts'
import { Reading } from './reading.ts'
import { until } from './until.ts'

/** A server that listens on loopback while all recorders are attached to this thread. */
export interface Measured {
  readonly reading: Reading
  readonly port: number
  readonly open: () => RawClient
  readonly inFlight: () => number
  /** Makes the recorders' clock jump. */
  readonly skip: (ms: number) => void
  /** Sends a request and gives the whole answer once the connection is closed. */
  readonly ask: (request: string) => Promise<string>
  /** Takes the recorders off; done at the end in any case. */
  readonly detach: () => void
  /** Resolves when no request is in flight any more. */
  readonly quiet: () => Promise<void>
}

/** Attaches the recorders, then makes the server, so that its framework is loaded in between. */
export async function measured(
  options: HttpOptions,
  make: (reading: Reading) => Server | Promise<Server>,
  use: (measured: Measured) => Promise<void>,
): Promise<void> {
  let skippedMs = 0
  const reading = new Reading({ now: () => performance.now() + skippedMs })
  const attached = recorders({ http: options }).map((recorder) => recorder.attach(reading.ledger))
  const detach = (): void => {
    for (const each of attached.splice(0)) each()
  }
  const server: AnyServer & Pick<Server, 'closeAllConnections'> = await make(reading)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const clients: RawClient[] = []
  const open = (): RawClient => {
    const client = new RawClient(port)
    clients.push(client)
    return client
  }
  const inFlight = (): number => reading.ledger.loop.inFlight
  try {
    await use({
      reading,
      port,
      open,
      inFlight,
      skip: (ms) => {
        skippedMs += ms
      },
      ask: async (request) => {
        const client = open()
        client.send(request.replace('\r\n', '\r\nConnection: close\r\n'))
        return client.closed()
      },
      detach,
      quiet: () => until('no request is in flight', () => inFlight() === 0),
    })
  } finally {
    for (const client of clients) client.leave()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    detach()
  }
}
