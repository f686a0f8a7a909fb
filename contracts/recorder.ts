import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { describe, test } from 'node:test'
import { recorders } from '../src/recorders/table.ts'
import { type Exchange, exchanges } from './recorder/exchanges.ts'
import { RawClient } from './recorder/raw-client.ts'
import { Reading } from './recorder/reading.ts'
import { Stage } from './recorder/stage.ts'
import { until } from './recorder/until.ts'

/** A framework whose requests are to be recorded. */
export interface FrameworkSubject {
  readonly name: string
  /** Whether routes have templates; a plain server's are `(no route)`. */
  readonly hasRoutes: boolean
  /**
   * Loads the framework, which the recorders are waiting for by then, and makes the application of
   * `docs/recorders.md` with it. The server is not listening yet.
   */
  readonly open: (stage: Stage) => Promise<Server>
}

/**
 * What is promised of every framework's requests, as tests of `node:test`: each exchange leaves exactly these counts.
 *
 * @example
 * frameworkContract({ name: 'http', hasRoutes: false, open: (stage) => createServer(…) })
 */
export function frameworkContract(subject: FrameworkSubject): void {
  describe(`requests of ${subject.name}`, () => {
    for (const exchange of exchanges) test(exchange.name, () => play(subject, exchange))
  })
}

async function play(subject: FrameworkSubject, exchange: Exchange): Promise<void> {
  let skippedMs = 0
  const reading = new Reading({ now: () => performance.now() + skippedMs })
  const detach = recorders().map((recorder) => recorder.attach(reading.ledger))
  const stage = new Stage()
  const server = await subject.open(stage)
  // Upgrades are not the frameworks' business.
  server.on('upgrade', (_request, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    socket.on('end', () => socket.end()).resume()
  })
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
  const skip = (ms: number): void => {
    skippedMs += ms
  }
  const expected = exchange.recorded((method, template) => {
    return `request ${method} ${subject.hasRoutes || template === '(unmatched)' ? template : '(no route)'}`
  })
  try {
    await exchange.run({ open, stage, inFlight, skip })
    await until('no request is in flight', () => inFlight() === 0)
    await until('all is recorded', () => total(reading.outcomes()) >= total(expected))
    assert.deepEqual(reading.outcomes(), expected)
    assert.deepEqual(reading.errors, [])
  } finally {
    for (const client of clients) client.leave()
    stage.release()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    for (const each of detach) each()
  }
}

function total(outcomes: Readonly<Record<string, string>>): number {
  const figures = Object.values(outcomes).flatMap((text) => text.match(/\d+/g) ?? [])
  return figures.reduce((sum, figure) => sum + Number(figure), 0)
}
