import { required } from '../libraries.ts'
import { type Fault, outcome, type Stage, thrown, turns } from './fault.ts'

type Answer = (this: unknown, error: Error | null, ...given: readonly unknown[]) => void
interface Client {
  get(key: unknown, answer: Answer | null): void
  get(key: unknown): Promise<unknown>
  set(key: string, value: string, answer: Answer, expires: number): void
  set(key: string, value: string, options: object, answer: Answer): void
  set(key: string, value: string, options: object): Promise<unknown>
  add(key: string, value: string, options: object): Promise<unknown>
  replace(key: string, value: string, options: object): Promise<unknown>
  increment(key: string, by: number, options: object): Promise<unknown>
  touch(key: string, expires: number): Promise<unknown>
  delete(key: string): Promise<unknown>
  close(): void
}

const { Client } = required<{ Client: { create(at: string, options: object): Client } }>('memjs')

/** One that tries nothing again, unless told to. */
function made(
  { line, say }: Stage,
  { ports = [line.port], ...more }: { ports?: readonly number[]; [more: string]: unknown } = {},
): Client {
  const at = ports.map((port) => `127.0.0.1:${port}`).join()
  return Client.create(at, {
    retries: 1,
    retry_delay: 0.001,
    logger: { log: (text: string) => say('log', text) },
    ...more,
  })
}

/** Says what a callback is given, and how it is called. */
function answered({ say }: Stage, name: string, call: (answer: Answer) => void): Promise<void> {
  return new Promise((done) => {
    call(function (this: unknown, error, ...given) {
      say(name, error, given.length, this === undefined, ...given.map(String))
      done()
    })
  })
}

const lost = (how: 'reset' | 'silent'): Fault => ({
  name: `the connection is ${how} under a command, with two more waiting`,
  run: async (stage) => {
    const client = made(stage, { timeout: 0.1 })
    await client.set('there', 'a', {})
    stage.line.breakAt('gone', how)
    await Promise.all([
      outcome(stage, 'first', client.get('gone')),
      outcome(stage, 'second', client.get('there')),
      answered(stage, 'third', (answer) => client.get('there', answer)),
    ])
    // Before the old connection's end has been told, the library would lose the new one.
    await turns()
    await outcome(stage, 'after', client.get('there'))
    client.close()
  },
  recorded: { 'cache_l2 set': 'ok 1', 'cache_l2 get': 'ok 1, failed 3' },
})

export const faults: readonly Fault[] = [
  lost('reset'),
  lost('silent'),
  {
    name: 'a connection that is closed under a command',
    run: async (stage) => {
      // The library gives no answer to that command, ever.
      for (const how of ['closed', 'torn'] as const) {
        const client = made(stage, { timeout: 0.1 })
        await client.set('there', 'a', {})
        stage.line.breakAt('gone', how)
        void outcome(stage, how, client.get('gone'))
        await new Promise((done) => setTimeout(done, 300))
        await outcome(stage, 'after', client.get('there'))
        client.close()
      }
    },
    recorded: { 'cache_l2 set': 'ok 2', 'cache_l2 get': 'ok 2, failed 1' },
    endless: ['cache_l2'],
  },
  {
    name: 'a command that is sent again over another connection counts once',
    run: async (stage) => {
      const client = made(stage, { retries: 2 })
      stage.line.breakAt('gone', 'reset')
      await outcome(stage, 'promise', client.get('gone'))
      stage.line.breakAt('gone', 'reset')
      await answered(stage, 'called back', (answer) => client.get('gone', answer))
      client.close()
    },
    recorded: { 'cache_l2 get': 'ok 2' },
  },
  {
    name: 'nobody listens',
    run: async (stage) => {
      const client = made(stage, { ports: [stage.dead] })
      await outcome(stage, 'get', client.get('a'))
      await outcome(stage, 'set', client.set('a', 'b', {}))
      await answered(stage, 'called back', (answer) => client.get('a', answer))
      await outcome(stage, 'deleted', client.delete('a'))
    },
    recorded: { 'cache_l2 get': 'failed 2', 'cache_l2 set': 'failed 1', 'cache_l2 del': 'failed 1' },
  },
  {
    name: 'another server takes over, until none is left',
    run: async (stage) => {
      const client = made(stage, { ports: [stage.dead, stage.line.port], failover: true })
      for (const key of ['a', 'b', 'c']) await outcome(stage, key, client.get(key))
      client.close()
      const none = made(stage, { ports: [stage.dead], failover: true })
      await outcome(stage, 'first', none.get('a'))
      await outcome(stage, 'second', none.get('a'))
      await answered(stage, 'third', (answer) => none.get('a', answer))
    },
    recorded: { 'cache_l2 get': 'ok 3, failed 3' },
  },
  {
    name: 'commands that are refused, and what is there or not',
    run: async (stage) => {
      const client = made(stage)
      // Without the recorders the same is played at the same time.
      const text = `text ${process.pid}`
      await client.set(text, 'a', {})
      await outcome(stage, 'increment', client.increment(text, 1, {}))
      await outcome(stage, 'too large', client.set('large', 'x'.repeat(2 ** 21), {}))
      for (const asked of [
        client.add(text, 'b', {}),
        client.replace('none', 'b', {}),
        client.touch('none', 10),
        client.delete('none'),
      ]) {
        stage.say(await asked)
      }
      await client.delete(text)
      client.close()
    },
    recorded: {
      'cache_l2 set': 'ok 1, failed 1',
      'cache_l2 increment': 'failed 1',
      'cache_l2 add': 'ok 1',
      'cache_l2 replace': 'ok 1',
      'cache_l2 touch': 'ok 1',
      'cache_l2 del': 'ok 2',
    },
  },
  {
    name: 'what is called wrongly',
    run: async (stage) => {
      const { say } = stage
      const client = made(stage)
      await outcome(stage, 'no key', client.get(undefined))
      try {
        client.get(undefined, () => {})
      } catch (error) {
        say('thrown', error)
      }
      client.get('there', null)
      await answered(stage, 'the old order', (answer) => client.set('old', 'a', answer, 10))
      await answered(stage, 'the new order', (answer) => client.set('old', 'a', {}, answer))
      client.close()
    },
    recorded: { 'cache_l2 get': 'failed 2', 'cache_l2 set': 'ok 2' },
  },
  {
    name: 'callbacks that throw',
    run: async (stage) => {
      for (const [key, port] of [
        ['there', stage.line.port],
        ['none', stage.line.port],
        ['dead', stage.dead],
      ] as const) {
        const client = made(stage, { ports: [port] })
        if (port !== stage.dead) await client.set('there', 'a', {})
        await thrown(() => {
          client.get(key, () => {
            throw new Error(`thrown for ${key}`)
          })
        })
        client.close()
      }
    },
    recorded: { 'cache_l2 set': 'ok 2', 'cache_l2 get': 'ok 2, failed 1' },
  },
  {
    name: 'what nobody handles is told once',
    run: async (stage) => {
      const client = made(stage, { ports: [stage.dead] })
      void client.get('a')
      await answered(stage, 'after', (answer) => client.get('a', answer))
      await turns()
    },
    recorded: { 'cache_l2 get': 'failed 2' },
  },
  {
    name: 'a serializer that throws',
    run: async (stage) => {
      const { say } = stage
      const serializer = {
        serialize: (_code: number, value: string, extras: Buffer) => {
          if (value === 'bad') throw new Error('thrown in serialize')
          return { value, extras }
        },
        deserialize: () => {
          throw new Error('thrown in deserialize')
        },
      }
      const client = made(stage, { serializer })
      await outcome(stage, 'set', client.set('there', 'bad', {}))
      try {
        client.set('there', 'bad', {}, () => {})
      } catch (error) {
        say('thrown', error)
      }
      await client.set('there', 'good', {})
      await thrown(() => {
        void client.get('there').then(
          () => say('read'),
          () => say('refused'),
        )
      })
    },
    recorded: { 'cache_l2 set': 'ok 1, failed 2' },
    endless: ['cache_l2'],
  },
  {
    name: 'a client that is closed before it is connected',
    run: async (stage) => {
      const client = made(stage)
      const asked = outcome(stage, 'get', client.get('there'))
      client.close()
      await asked
      await turns()
      await outcome(stage, 'after', client.get('there'))
      client.close()
    },
    recorded: { 'cache_l2 get': 'ok 1, failed 1' },
  },
]
