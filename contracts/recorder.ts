import assert from 'node:assert/strict'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { describe, test } from 'node:test'
import { type Exchange, exchanges } from './recorder/exchanges.ts'
import { measured } from './recorder/measured-server.ts'
import { Stage } from './recorder/stage.ts'
import { until } from './recorder/until.ts'

/** A framework whose requests are to be recorded. */
export interface FrameworkSubject {
  readonly name: string
  /** Whether routes have templates; a plain server's are `(no route)`. */
  readonly hasRoutes: boolean
  /**
   * Loads the framework, which the recorders are waiting for by then, and makes the application that the exchanges
   * talk to with it. The server is not listening yet.
   */
  readonly open: (stage: Stage) => Promise<Server>
}

/**
 * What is promised of every framework's requests, as tests of `node:test`: each exchange leaves exactly these counts.
 *
 * @example
 * frameworkContract({ name: 'http', hasRoutes: false, open: async (stage) => createServer(…) })
 */
export function frameworkContract(subject: FrameworkSubject): void {
  describe(`requests of ${subject.name}`, () => {
    for (const exchange of exchanges) test(exchange.name, () => play(subject, exchange))
  })
}

async function play(subject: FrameworkSubject, exchange: Exchange): Promise<void> {
  const stage = new Stage()
  const make = async (): Promise<Server> => {
    const server = await subject.open(stage)
    // Upgrades are not the frameworks' business.
    return server.on('upgrade', (_request, socket: Socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
      socket.on('end', () => socket.end()).resume()
    })
  }
  const expected = exchange.recorded((method, template) => {
    return `request ${method} ${subject.hasRoutes || template === '(unmatched)' ? template : '(no route)'}`
  })
  await measured({}, make, async ({ reading, open, inFlight, skip, quiet }) => {
    await exchange.run({ open, stage, inFlight, skip })
    await quiet()
    await until('all is recorded', () => total(reading.outcomes()) >= total(expected))
    stage.release()
    assert.deepEqual(reading.outcomes(), expected)
    assert.deepEqual(reading.errors, [])
  })
}

function total(outcomes: Readonly<Record<string, string>>): number {
  const figures = Object.values(outcomes).flatMap((text) => text.match(/\d+/g) ?? [])
  return figures.reduce((sum, figure) => sum + Number(figure), 0)
}
