import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  OutgoingMessage,
  type RequestListener,
  ServerResponse,
} from 'node:http'
import type { AddressInfo, Server, Socket } from 'node:net'
import { describe, test } from 'node:test'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head, RawClient } from '../../../contracts/recorder/raw-client.ts'
import { said } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'

const past = (response: ServerResponse): void => {
  response.emit = (type: string | symbol, ...given: unknown[]) =>
    EventEmitter.prototype.emit.call(response, type, ...given)
}

class Past<R extends IncomingMessage> extends ServerResponse<R> {
  override emit(type: string | symbol, ...given: unknown[]): boolean {
    return EventEmitter.prototype.emit.call(this, type, ...given)
  }
}

/** All that a `ServerResponse` had before, and nothing of it by inheritance. */
class Beside extends OutgoingMessage {}
const own = Object.getOwnPropertyDescriptors(ServerResponse.prototype)
Object.defineProperties(Beside.prototype, { ...own, constructor: { value: Beside } })
const BESIDE = function made(...given: ConstructorParameters<typeof ServerResponse>): ServerResponse {
  return Object.setPrototypeOf(new ServerResponse(...given), Beside.prototype)
} as unknown as typeof ServerResponse

interface Case {
  readonly name: string
  readonly type?: typeof ServerResponse
  readonly before?: (response: ServerResponse) => void
  readonly after?: (response: ServerResponse) => void
}

const CASES: readonly Case[] = [
  { name: 'the application’s before its head', before: past },
  { name: 'the application’s after its head', after: past },
  { name: 'that of a class of the application’s', type: Past },
  { name: 'that of a class beside Node’s', type: BESIDE },
]

const prototype = (): unknown => Object.getOwnPropertyDescriptors(ServerResponse.prototype)

describe('a response whose emit goes past ours ends nevertheless, and ours goes off in the end:', () => {
  for (const { name, type, before, after } of CASES) {
    const listener: RequestListener = (request, response) => {
      before?.(response)
      if (request.url === '/waits') return
      response.writeHead(200, { 'Content-Length': 4 })
      response.flushHeaders()
      after?.(response)
      if (request.url === '/') response.end('fine')
    }
    const server = () => createServer(type === undefined ? {} : { ServerResponse: type }, listener)

    test(`${name}, while its connection stays open`, async () => {
      const clean = prototype()
      await measured({}, server, async ({ open, reading, quiet }) => {
        const client = open()
        for (let i = 1; i <= 2; i++) {
          client.send(head('GET', '/'))
          await client.received(/fine/)
          client.forget()
          await quiet()
          assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(i) })
        }
        assert.deepEqual(reading.errors, [])
      })
      assert.deepEqual(prototype(), clean)
    })

    for (const path of ['/waits', '/stops']) {
      test(`${name}, and its client leaves ${path === '/waits' ? 'before' : 'after'} the head`, async () => {
        const clean = prototype()
        await measured({}, server, async ({ open, reading, inFlight, quiet }) => {
          const client = open()
          client.send(head('GET', path))
          await until('it has come', () => inFlight() === 1)
          if (path === '/stops') await client.received(/200 OK/)
          client.leave()
          await quiet()
          assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(1) })
          assert.deepEqual(reading.errors, [])
        })
        assert.deepEqual(prototype(), clean)
      })
    }
  }
})

describe('a response whose emit is the application’s around ours ends with its close, not before,', () => {
  for (const [when, path] of [
    ['where it is complete', '/'],
    ['where its client leaves', '/waits'],
  ] as const) {
    test(when, async () => {
      const seen: number[] = []
      let inFlight = (): number => Number.NaN
      const around: RequestListener = (request, response) => {
        const { emit } = response
        response.emit = (type: string | symbol, ...given: unknown[]): boolean => {
          if (type === 'close') seen.push(inFlight())
          const heard = emit.call(response, type, ...given)
          if (type === 'close') seen.push(inFlight())
          return heard
        }
        if (request.url === '/') response.end('fine')
      }
      await measured(
        {},
        () => createServer(around),
        async (server) => {
          inFlight = server.inFlight
          const client = server.open()
          client.send(head('GET', path))
          if (path === '/') await client.received(/fine/)
          else await until('it has come', () => inFlight() === 1)
          client.leave()
          await server.quiet()
          assert.deepEqual(server.reading.outcomes(), { 'request GET (no route)': said(1) })
        },
      )
      assert.deepEqual(seen, [1, 0])
    })
  }
})

describe('a response that the application takes off its connection before its end', () => {
  const detached = (then: (response: ServerResponse, socket: Socket) => void) => () =>
    createServer((request, response) => {
      const { emit } = response
      // Its own, around ours: the end would be taken for told with the connection's loss.
      response.emit = (type: string | symbol, ...given: unknown[]) => emit.call(response, type, ...given)
      response.detachSocket(request.socket)
      then(response, request.socket)
    })

  test('ends with its own end where it is put back', () =>
    measured(
      {},
      detached((response, socket) => {
        setImmediate(() => {
          response.assignSocket(socket)
          response.end('fine')
        })
      }),
      async ({ open, reading, quiet }) => {
        const client = open()
        client.send(head('GET', '/'))
        await client.received(/fine/)
        await quiet()
        assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(1) })
      },
    ))

  test('ends with the connection where it is answered past it', async () => {
    const clean = prototype()
    await measured(
      {},
      detached((_response, socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine')),
      async ({ open, reading, inFlight, quiet }) => {
        const client = open()
        client.send(head('GET', '/'))
        await client.received(/fine/)
        assert.equal(inFlight(), 1)
        client.leave()
        await quiet()
        assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(1) })
      },
    )
    assert.deepEqual(prototype(), clean)
  })
})

describe('pipelined requests end with their connection', () => {
  class OwnDetach<R extends IncomingMessage> extends ServerResponse<R> {
    override detachSocket(socket: Socket): void {
      super.detachSocket(socket)
    }
  }
  for (const [what, options, type, paths, counted] of [
    ['as they are', {}, ServerResponse, ['/a', '/b'], 2],
    ['of a class that detaches itself', {}, OwnDetach, ['/a', '/b'], 2],
    ['behind one that is not measured', { ignore: ['/health'] }, ServerResponse, ['/health', '/b'], 1],
  ] as const) {
    test(what, async () => {
      const clean = prototype()
      const server = () => createServer({ ServerResponse: type }, () => {})
      await measured(options, server, async ({ open, reading, inFlight, quiet }) => {
        const client = open()
        client.send(paths.map((path) => head('GET', path)).join(''))
        await until('they have come', () => inFlight() === counted)
        client.leave()
        await quiet()
        assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(counted) })
      })
      assert.deepEqual(prototype(), clean)
    })
  }
})

test('pipelined requests end where a listener of the application’s throws when their connection is lost', () => {
  const script = `
    import { once } from 'node:events'
    import { createServer } from 'node:http'
    import { connect } from 'node:net'
    import { recorders } from './src/recorders/table.ts'
    import { Reading } from './contracts/recorder/reading.ts'
    const reading = new Reading()
    for (const each of recorders()) each.attach(reading.ledger)
    const thrown = once(process, 'uncaughtException')
    const server = createServer(() => {})
    server.on('connection', (socket) => socket.on('close', () => { throw new Error('mine') }))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect(server.address().port, '127.0.0.1')
    client.write('GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'.repeat(2))
    while (reading.ledger.loop.inFlight < 2) await new Promise(setImmediate)
    client.destroy()
    await thrown
    while (reading.ledger.loop.inFlight > 0) await new Promise(setImmediate)
    server.close()
    console.log(JSON.stringify([reading.outcomes(), reading.errors]))
    process.exit()`
  const words = ['--input-type=module', '-e', script]
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 30_000 })
  assert.equal(stderr, '')
  assert.deepEqual(JSON.parse(stdout), [{ 'request GET (no route)': said(2) }, []])
})

test('a request whose response cannot be asked how it went leaves the number in flight once, and the application in peace', async () => {
  class Silent<R extends IncomingMessage> extends ServerResponse<R> {}
  const get = (): boolean => {
    throw new Error('mine')
  }
  Object.defineProperty(Silent.prototype, 'writableEnded', { get })
  const thrown: unknown[] = []
  const server = () =>
    createServer({ ServerResponse: Silent }, (_request, response) => {
      const { detachSocket } = response
      response.detachSocket = (socket) => {
        try {
          detachSocket.call(response, socket)
        } catch (error) {
          thrown.push(error)
        }
      }
      response.end('fine')
    })
  await measured({}, server, async ({ open, reading, inFlight }) => {
    const client = open()
    client.send(head('GET', '/'))
    await client.received(/fine/)
    client.leave()
    await until('both errors are told', () => reading.errors.length === 2)
    assert.equal(inFlight(), 0)
    assert.deepEqual(reading.outcomes(), {})
  })
  assert.deepEqual(thrown, [])
})

test('listeners of ours: none of a response, one of a connection; to take a response’s off does not stop the count', async () => {
  const counts: (readonly number[])[] = []
  const make = () =>
    createServer((request, response) => {
      counts.push([response, request.socket].map((each) => each.listenerCount('close')))
      response.removeAllListeners('close')
      response.end('fine')
    })
  const askTwice = async (client: RawClient): Promise<void> => {
    for (let i = 0; i < 2; i++) {
      client.forget()
      client.send(head('GET', '/'))
      await client.received(/fine/)
    }
    client.leave()
  }
  const bare: Server = make().listen(0, '127.0.0.1')
  await once(bare, 'listening')
  await askTwice(new RawClient((bare.address() as AddressInfo).port))
  bare.close()
  await measured({}, make, async ({ open, reading, quiet }) => {
    await askTwice(open())
    await quiet()
    assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(2) })
  })
  const [ofResponse, ofConnection] = counts[0]!
  const ours = [ofResponse, ofConnection! + 1]
  assert.deepEqual(counts, [counts[0], counts[0], ours, ours])
})

test('a method of ours that cannot be taken off any more stays, and the request that ends does not hear of it', () => {
  const script = `
    import { once } from 'node:events'
    import { createServer, ServerResponse } from 'node:http'
    import { recorders } from './src/recorders/table.ts'
    import { Reading } from './contracts/recorder/reading.ts'
    const reading = new Reading()
    const attached = recorders().map((each) => each.attach(reading.ledger))
    const server = createServer((request, response) => {
      Object.defineProperty(ServerResponse.prototype, 'emit', { configurable: false })
      for (const detach of attached) detach()
      response.end('fine')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    await (await fetch('http://127.0.0.1:' + server.address().port)).text()
    server.closeAllConnections()
    await once(server.close(), 'close')
    console.log(JSON.stringify([reading.outcomes(), reading.ledger.loop.inFlight, reading.errors.length]))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  assert.equal(stderr, '')
  assert.deepEqual(JSON.parse(stdout), [{ 'request GET (no route)': said(1) }, 0, 1])
})
