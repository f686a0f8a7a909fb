import { required } from '../libraries.ts'
import { type Fault, heard, outcome, type Stage, thrown, turns } from './fault.ts'

type Callback = (error: Error | null) => void
interface Pipeline {
  get(key: string, callback?: Callback): Pipeline
  hget(key: string, field: string): Pipeline
  exec(
    callback?: (error: Error | null, results?: readonly (readonly [Error | null, unknown])[]) => void,
  ): Promise<readonly (readonly [Error | null, unknown])[] | null>
}
interface Client extends NodeJS.EventEmitter {
  get(key: string, callback?: Callback): Promise<unknown>
  set(key: string, value: string): Promise<unknown>
  hget(key: string, field: string): Promise<unknown>
  call(...command: readonly string[]): Promise<unknown>
  pipeline(): Pipeline
  multi(): Pipeline
  connect(): Promise<void>
  quit(): Promise<unknown>
  disconnect(): void
}

const Redis = required<{ readonly Redis: new (options: object) => Client }>('ioredis').Redis

/** One that tries no command again, unless told to. */
function connected({ line, say }: Stage, more: object = {}): Client {
  const client = new Redis({
    host: '127.0.0.1',
    port: line.port,
    retryStrategy: () => null,
    enableReadyCheck: false,
    ...more,
  })
  client.on('error', (error) => say('client error', error))
  client.on('end', () => say('client end'))
  return client
}

async function quit(client: Client): Promise<void> {
  const ended = heard(client, 'end')
  await client.quit()
  await ended
}

const lost = (how: 'closed' | 'reset'): Fault => ({
  name: `the connection is ${how} under a command, with two more waiting`,
  run: async (stage) => {
    const client = connected(stage)
    await client.set('there', 'a')
    stage.line.breakAt('gone', how)
    await Promise.all([
      outcome(stage, 'first', client.get('gone')),
      outcome(stage, 'second', client.get('there')),
      new Promise<void>((done) => {
        void client.get('there', (error) => {
          stage.say('third', error)
          done()
        })
      }),
    ])
    await turns()
    await outcome(stage, 'after', client.get('there'))
  },
  recorded: { 'cache_l2 set': 'ok 1', 'cache_l2 get': 'failed 4' },
})

export const faults: readonly Fault[] = [
  lost('closed'),
  lost('reset'),
  {
    name: 'a command that is sent again over another connection counts once',
    run: async (stage) => {
      const client = connected(stage, { retryStrategy: () => 1 })
      stage.line.breakAt('gone', 'closed')
      await outcome(stage, 'get', client.get('gone'))
      stage.line.breakAt('gone', 'closed')
      await outcome(stage, 'pipeline', client.pipeline().get('gone').get('other').exec())
      await quit(client)
    },
    recorded: { 'cache_l2 get': 'ok 3' },
  },
  {
    name: 'a pipeline and a transaction lose their connection',
    run: async (stage) => {
      for (const name of ['pipeline', 'multi'] as const) {
        const client = connected(stage)
        await client.get('there')
        stage.line.breakAt('gone', 'closed')
        const sent = client[name]().get('gone').get('there').exec()
        await outcome(
          stage,
          name,
          sent.then((results) => stage.say('results', ...(results ?? []).map(([error]) => error))),
        )
      }
    },
    recorded: { 'cache_l2 get': 'ok 2, failed 2', 'cache_l2 multi': 'failed 1' },
  },
  {
    name: 'nobody listens',
    run: async (stage) => {
      const client = connected(stage, { port: stage.dead, lazyConnect: true })
      await outcome(stage, 'connect', client.connect())
      await outcome(stage, 'get', client.get('a'))
      const trying = connected(stage, { port: stage.dead, retryStrategy: () => 1, maxRetriesPerRequest: 1 })
      await outcome(stage, 'tried', trying.get('a'))
      trying.disconnect()
      const none = connected(stage, { lazyConnect: true, enableOfflineQueue: false })
      await outcome(stage, 'not connected', none.get('a'))
      none.disconnect()
    },
    recorded: { 'cache_l2 get': 'failed 3' },
  },
  {
    name: 'no answer in time, and a client that is closed meanwhile',
    run: async (stage) => {
      const client = connected(stage, { commandTimeout: 500 })
      await client.get('there')
      stage.line.breakAt('gone', 'silent')
      await outcome(stage, 'silent', client.get('gone'))
      const left = outcome(stage, 'left', client.get('there'))
      client.disconnect()
      await left
    },
    recorded: { 'cache_l2 get': 'ok 1, failed 2' },
  },
  {
    name: 'commands that are refused, alone, in a pipeline and in a transaction',
    run: async (stage) => {
      const client = connected(stage)
      await client.set('text', 'a')
      await outcome(stage, 'alone', client.hget('text', 'field'))
      const told = (results: readonly (readonly [Error | null, unknown])[] | null): void =>
        stage.say(...(results ?? []).map(([error]) => error))
      await client.pipeline().hget('text', 'field').get('text').exec().then(told)
      await client.multi().hget('text', 'field').get('text').exec().then(told)
      await outcome(stage, 'no such command', client.call('nothing'))
      await quit(client)
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
    name: 'callbacks that throw',
    run: async (stage) => {
      const client = connected(stage)
      await client.set('text', 'a')
      const throwing = (name: string) => (): never => {
        throw new Error(`thrown in ${name}`)
      }
      await thrown(() => client.get('text', throwing('a callback')))
      await thrown(() => client.pipeline().get('text', throwing("a pipeline's")).exec())
      await thrown(() => client.pipeline().get('text').exec(throwing("a pipeline's end")))
      await outcome(stage, 'after', client.get('text'))
      await quit(client)
    },
    recorded: { 'cache_l2 set': 'ok 1', 'cache_l2 get': 'ok 4' },
  },
  {
    name: 'a refused command that nobody handles is told once, also when pipelined by itself',
    run: async (stage) => {
      for (const enableAutoPipelining of [false, true]) {
        const client = connected(stage, { enableAutoPipelining })
        await client.set('text', 'a')
        void client.hget('text', 'field')
        await outcome(stage, 'after', client.get('text'))
        await turns()
        const ended = heard(client, 'end')
        client.disconnect()
        await ended
      }
    },
    recorded: { 'cache_l2 set': 'ok 2', 'cache_l2 hget': 'failed 2', 'cache_l2 get': 'ok 2' },
  },
]
