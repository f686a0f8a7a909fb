import { required } from '../libraries.ts'
import { type Fault, outcome, type Stage, turns } from './fault.ts'

interface Multi {
  get(key: string): Multi
  hGet(key: string, field: string): Multi
  exec(): Promise<readonly unknown[]>
  execAsPipeline(): Promise<readonly unknown[]>
}
interface Client extends NodeJS.EventEmitter {
  connect(): Promise<unknown>
  get(key: string): Promise<unknown>
  set(key: string, value: string): Promise<unknown>
  hGet(key: string, field: string): Promise<unknown>
  sendCommand(command: readonly string[]): Promise<unknown>
  multi(): Multi
  withAbortSignal(signal: AbortSignal): Client
  close(): Promise<void>
  destroy(): void
}

const { createClient } = required<{ createClient(options: object): Client }>('redis')

/** One that connects once. */
function made(
  { line, say }: Stage,
  { port = line.port, ...more }: { port?: number; [more: string]: unknown } = {},
): Client {
  const client = createClient({
    ...more,
    disableClientInfo: true,
    socket: { host: '127.0.0.1', port, reconnectStrategy: more.reconnectStrategy ?? false },
  })
  client.on('error', (error) => say('client error', error))
  client.on('end', () => say('client end'))
  return client
}

async function connected(stage: Stage, more?: { [more: string]: unknown }): Promise<Client> {
  const client = made(stage, more)
  await client.connect()
  return client
}

const lost = (how: 'closed' | 'reset'): Fault => ({
  name: `the connection is ${how} under a command, with one more waiting`,
  run: async (stage) => {
    const client = await connected(stage)
    await client.set('there', 'a')
    stage.line.breakAt('gone', how)
    await Promise.all([
      outcome(stage, 'first', client.get('gone')),
      outcome(stage, 'second', client.get('there')),
    ])
    await turns()
    await outcome(stage, 'after', client.get('there'))
  },
  recorded: { 'cache_l2 set': 'ok 1', 'cache_l2 get': 'failed 3' },
})

export const faults: readonly Fault[] = [
  lost('closed'),
  lost('reset'),
  {
    name: 'a connection is lost, and another opened',
    run: async (stage) => {
      const client = await connected(stage, { reconnectStrategy: () => 1 })
      stage.line.breakAt('gone', 'closed')
      await outcome(stage, 'first', client.get('gone'))
      await outcome(stage, 'second', client.get('gone'))
      await client.close()
    },
    recorded: { 'cache_l2 get': 'ok 1, failed 1' },
  },
  {
    name: 'a pipeline and a transaction lose their connection',
    run: async (stage) => {
      for (const exec of ['execAsPipeline', 'exec'] as const) {
        const client = await connected(stage)
        stage.line.breakAt('gone', 'closed')
        await outcome(stage, exec, client.multi().get('gone').get('there')[exec]())
        await turns()
      }
    },
    recorded: { 'cache_l2 get': 'failed 2', 'cache_l2 multi': 'failed 1' },
  },
  {
    name: 'nobody listens',
    run: async (stage) => {
      const client = made(stage, { port: stage.dead })
      await outcome(stage, 'before', client.get('a'))
      await outcome(stage, 'connect', client.connect())
      await outcome(stage, 'after', client.get('a'))
      await outcome(stage, 'pipeline', client.multi().get('a').get('b').execAsPipeline())
      await outcome(stage, 'multi', client.multi().get('a').exec())
      const none = made(stage, { port: stage.dead, disableOfflineQueue: true, reconnectStrategy: () => 5 })
      const connecting = outcome(stage, 'connecting', none.connect())
      await outcome(stage, 'offline', none.get('a'))
      none.destroy()
      await connecting
    },
    recorded: { 'cache_l2 get': 'failed 5', 'cache_l2 multi': 'failed 1' },
  },
  {
    name: 'commands that are given up, and a client that is closed meanwhile',
    run: async (stage) => {
      const client = await connected(stage)
      stage.line.breakAt('gone', 'silent')
      const waiting = outcome(stage, 'silent', client.get('gone'))
      const { signal } = new AbortController()
      const aborted = AbortSignal.abort()
      await outcome(stage, 'aborted', client.withAbortSignal(aborted).get('there'))
      const left = outcome(stage, 'left', client.withAbortSignal(signal).get('there'))
      await turns()
      client.destroy()
      await Promise.all([waiting, left])
    },
    recorded: { 'cache_l2 get': 'failed 3' },
  },
  {
    name: 'commands that are refused, alone, in a pipeline and in a transaction',
    run: async (stage) => {
      const client = await connected(stage)
      await client.set('text', 'a')
      await outcome(stage, 'alone', client.hGet('text', 'field'))
      await outcome(stage, 'pipeline', client.multi().hGet('text', 'field').get('text').execAsPipeline())
      await outcome(stage, 'multi', client.multi().hGet('text', 'field').get('text').exec())
      await outcome(stage, 'no such command', client.sendCommand(['NOTHING']))
      await client.close()
    },
    recorded: {
      'cache_l2 set': 'ok 1',
      'cache_l2 hget': 'failed 2',
      'cache_l2 get': 'ok 1',
      'cache_l2 multi': 'failed 1',
      'cache_l2 nothing': 'failed 1',
    },
  },
  {
    name: 'what nobody handles is told once',
    run: async (stage) => {
      const client = await connected(stage)
      await client.set('text', 'a')
      void client.hGet('text', 'field')
      await outcome(stage, 'after', client.get('text'))
      await turns()
      stage.line.breakAt('gone', 'closed')
      void client.get('gone')
      void client.multi().get('gone').get('text').exec()
      await new Promise((done) => client.once('error', done))
      await turns()
    },
    recorded: {
      'cache_l2 set': 'ok 1',
      'cache_l2 hget': 'failed 1',
      'cache_l2 get': 'ok 1, failed 1',
      'cache_l2 multi': 'failed 1',
    },
  },
]
