import { EventEmitter } from 'node:events'
import { Writable } from 'node:stream'
import { pipeline as through } from 'node:stream/promises'
import { required } from '../libraries.ts'
import { type Fault, outcome, type Stage, thrown, turns } from './fault.ts'

interface Answer {
  readonly statusCode: number
  readonly body: NodeJS.ReadableStream & {
    text(): Promise<string>
    dump(): Promise<void>
    destroy(error?: Error): void
  }
}
type Told = (error: Error | null, answer: Answer) => void
interface Client extends NodeJS.EventEmitter {
  request(options: object): Promise<Answer>
  request(options: object, told: Told): void
  stream(options: object, factory: (answer: { readonly statusCode: number }) => Writable): Promise<unknown>
  pipeline(
    options: object,
    handler: (answer: { readonly body: NodeJS.ReadableStream }) => NodeJS.ReadableStream,
  ): NodeJS.ReadWriteStream
  upgrade(options: object): Promise<{ readonly socket: { destroy(): void } }>
  connect(options: object): Promise<{ readonly statusCode: number; readonly socket: { destroy(): void } }>
  close(): Promise<void>
  destroy(error?: Error): Promise<void>
}

const GET = 'external GET 127.0.0.1'
const POST = 'external POST 127.0.0.1'

const { Client } = required<{ readonly Client: new (at: string, options?: object) => Client }>('undici')

/** One connection, which says what becomes of it. */
function connected(
  { line, say }: Stage,
  { port = line.port, ...more }: { port?: number; [more: string]: unknown } = {},
): Client {
  const client = new Client(`http://127.0.0.1:${port}`, more)
  client.on('disconnect', (_origin, _clients, error) => say('disconnected', error))
  client.on('connectionError', (_origin, _clients, error) => say('not connected', error))
  return client
}

async function ask(stage: Stage, client: Client, path: string, options: object = {}): Promise<void> {
  const text = async (): Promise<void> => {
    const { statusCode, body } = await client.request({ method: 'GET', path, ...options })
    stage.say(path, statusCode, await body.text())
  }
  await outcome(stage, path, text())
}

/** What an answer is written to. */
const sink = (): Writable => new Writable({ write: (_some, _encoding, done) => done() })

const lost = (how: 'closed' | 'reset' | 'torn'): Fault => ({
  name: `the connection is ${how} under a request, with two more waiting`,
  run: async (stage) => {
    const client = connected(stage)
    await ask(stage, client, '/leaving')
    stage.line.breakAt('/hang', how)
    await Promise.all([
      ask(stage, client, '/hang'),
      ask(stage, client, '/fine'),
      ask(stage, client, '/fine', { method: 'POST', body: 'some' }),
    ])
    await client.close()
  },
  recorded: { [GET]: 'ok 2, failed 1', [POST]: 'ok 1' },
})

export const faults: readonly Fault[] = [
  lost('closed'),
  lost('reset'),
  {
    name: 'an answer is cut off in its body, one is no HTTP, and nobody listens',
    run: async (stage) => {
      const client = connected(stage)
      for (const path of ['/cut', '/cut-chunks', '/not-http']) await ask(stage, client, path)
      await client.close()
      const nobody = connected(stage, { port: stage.dead })
      await ask(stage, nobody, '/fine')
      await nobody.close()
    },
    recorded: { [GET]: 'failed 4' },
  },
  {
    name: 'what is refused at once, and by a client that is closed',
    run: async (stage) => {
      const { say } = stage
      const client = connected(stage)
      const wrong: readonly object[] = [
        { path: 'fine', method: 'GET' },
        { path: '/fine' },
        { path: '/fine', method: 'G T' },
        { path: '/fine', method: 'GET', headers: { 'x-a': 'a\nb' } },
        { path: '/fine', method: 'GET', headers: ['odd'] },
        { path: '/fine', method: 'GET', bodyTimeout: -1 },
        { path: '/fine', method: 'POST', body: 7 },
        { path: '/fine', method: 'GET', signal: 'none' },
      ]
      for (const options of wrong) await outcome(stage, 'request', client.request(options))
      try {
        ;(client.request as (...given: unknown[]) => void)(wrong[0], 'none')
      } catch (error) {
        say('thrown', error)
      }
      await client.close()
      await outcome(stage, 'closed', client.request({ path: '/fine', method: 'GET' }))
      const destroyed = connected(stage)
      await destroyed.destroy()
      await outcome(stage, 'destroyed', destroyed.request({ path: '/fine', method: 'GET' }))
    },
    recorded: {},
  },
  {
    name: 'given up before, meanwhile, and in the middle of the answer',
    run: async (stage) => {
      const client = connected(stage)
      await ask(stage, client, '/fine', { signal: AbortSignal.abort() })
      const leaving = new AbortController()
      const waiting = ask(stage, client, '/hang', { signal: leaving.signal })
      await turns()
      leaving.abort(new Error('given up'))
      await waiting
      const enough = new AbortController()
      const options = { path: '/endless', method: 'GET', signal: enough.signal }
      const { body } = await client.request(options)
      const text = outcome(stage, 'text', body.text())
      await turns()
      enough.abort(new Error('enough'))
      await text
      const signal = new EventEmitter()
      const asked = ask(stage, client, '/hang', { signal })
      await turns()
      signal.emit('abort')
      await asked
      await client.close()
    },
    recorded: { [GET]: 'ok 1, failed 2' },
  },
  {
    name: 'no answer in time, and no rest of it',
    run: async (stage) => {
      const client = connected(stage, { headersTimeout: 100, bodyTimeout: 100 })
      await ask(stage, client, '/hang')
      await ask(stage, client, '/endless')
      await client.close()
      const patient = connected(stage)
      await ask(stage, patient, '/endless', { signal: AbortSignal.timeout(500) })
      await patient.close()
    },
    // Once the head has come, undici keeps the reason of a signal to itself.
    recorded: { [GET]: 'ok 1, failed 2' },
  },
  {
    name: 'a client that is destroyed under requests, and closed before',
    run: async (stage) => {
      for (const error of [undefined, new Error('given up')]) {
        const client = connected(stage)
        const asked = [ask(stage, client, '/hang'), ask(stage, client, '/fine')]
        await turns()
        await client.destroy(error)
        await Promise.all(asked)
      }
      const unconnected = connected(stage)
      const asked = ask(stage, unconnected, '/fine')
      await unconnected.destroy()
      await asked
    },
    recorded: { [GET]: 'failed 5' },
  },
  {
    name: 'answers of which nobody reads the rest',
    run: async (stage) => {
      const client = connected(stage, { pipelining: 1 })
      const options = { path: '/endless', method: 'GET' }
      const first = await client.request(options)
      first.body.on('error', (error) => stage.say('body', error))
      first.body.destroy()
      await turns()
      const second = await client.request(options)
      second.body.on('error', (error) => stage.say('body', error))
      second.body.destroy(new Error('enough'))
      await turns()
      const third = await client.request({ path: '/fine', method: 'GET' })
      await outcome(stage, 'dumped', third.body.dump())
      await client.close()
    },
    recorded: { [GET]: 'ok 3' },
  },
  {
    name: 'streams and pipelines that fail on either side',
    run: async (stage) => {
      const client = connected(stage)
      const options = { path: '/fine', method: 'GET' }
      await outcome(stage, 'stream', client.stream(options, sink))
      await outcome(stage, 'cut', client.stream({ ...options, path: '/cut' }, sink))
      const throwing = (): never => {
        throw new Error('thrown by the application')
      }
      await outcome(stage, 'thrown', client.stream(options, throwing))
      const failing = (): Writable =>
        new Writable({ write: (_some, _encoding, done) => done(new Error('full')) })
      await outcome(stage, 'full', client.stream(options, failing))
      const piped = (path: string, handler: Parameters<Client['pipeline']>[1]): Promise<void> => {
        const duplex = client.pipeline({ path, method: 'POST' }, handler)
        duplex.end('some')
        return through(duplex, sink())
      }
      await outcome(
        stage,
        'pipeline',
        piped('/fine', ({ body }) => body),
      )
      await outcome(
        stage,
        'cut',
        piped('/cut', ({ body }) => body),
      )
      await outcome(stage, 'thrown', piped('/fine', throwing))
      await client.close()
    },
    // What the application makes of an answer is no fault of who gave it.
    recorded: { [GET]: 'ok 3, failed 1', [POST]: 'ok 2, failed 1' },
  },
  {
    name: 'callbacks, which throw',
    run: async (stage) => {
      const client = connected(stage)
      const nobody = connected(stage, { port: stage.dead })
      for (const each of [client, nobody]) {
        await thrown(() => {
          each.request({ path: '/fine', method: 'GET' }, (error, answer) => {
            stage.say('called back', error)
            if (error === null) answer.body.resume()
            throw new Error('thrown by the application')
          })
        })
        await turns()
        await each.destroy()
      }
    },
    recorded: { [GET]: 'ok 1, failed 1' },
  },
  {
    name: 'connections that are taken over, and are not',
    run: async (stage) => {
      const client = connected(stage)
      const upgraded = await client.upgrade({ path: '/', protocol: 'echo' })
      upgraded.socket.destroy()
      const { statusCode, socket } = await client.connect({ path: 'other:1' })
      stage.say('connected', statusCode)
      socket.destroy()
      stage.line.breakAt('GET', 'closed')
      await outcome(stage, 'lost', client.upgrade({ path: '/', protocol: 'echo' }))
      await client.close()
    },
    recorded: { [GET]: 'ok 1, failed 1', 'external CONNECT 127.0.0.1': 'ok 1' },
  },
  {
    name: 'bodies that fail while they are sent, and answers of failures',
    run: async (stage) => {
      const client = connected(stage)
      const pieces = async function* (): AsyncGenerator<string> {
        yield 'some'
        throw new Error('no more')
      }
      await ask(stage, client, '/fine', { method: 'POST', body: pieces() })
      for (const path of ['/failing', '/nothing', '/trailers']) await ask(stage, client, path)
      await client.close()
    },
    recorded: { [POST]: 'failed 1', [GET]: 'ok 2, failed 1' },
  },
  {
    name: 'what nobody handles is told once',
    run: async (stage) => {
      const client = connected(stage, { port: stage.dead })
      void client.request({ path: '/fine', method: 'GET' })
      await new Promise((done) => process.once('unhandledRejection', done))
      await turns()
      await client.destroy()
    },
    recorded: { [GET]: 'failed 1' },
  },
]
