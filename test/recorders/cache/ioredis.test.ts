import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { type Exercise, libraryContract, type Way } from '../../../contracts/library.ts'
import { noLibraries, required, versionOf } from '../libraries.ts'
import { hasRedis, redisCluster, redisServer } from '../servers/redis.ts'
import type { TestServer } from '../servers/test-server.ts'

type Answer = (error: Error | null, value?: unknown) => void
type Results = readonly (readonly [Error | null, unknown])[]

interface Pipeline {
  get(key: string): Pipeline
  set(key: string, value: string): Pipeline
  lpush(key: string, value: string): Pipeline
  exec(): Promise<Results>
}
interface Client {
  get(key: string, answer?: Answer): Promise<unknown>
  set(key: string, value: string): Promise<unknown>
  mget(...keys: string[]): Promise<unknown>
  del(...keys: string[]): Promise<unknown>
  hgetall(key: string): Promise<unknown>
  hget(key: string, field: string): Promise<unknown>
  hset(key: string, field: string, value: string): Promise<unknown>
  getBuffer(key: string): Promise<Buffer>
  call(...given: string[]): Promise<unknown>
  blpop(key: string, timeoutSeconds: number): Promise<unknown>
  ping(): Promise<unknown>
  eval(script: string, keys: number, ...given: string[]): Promise<unknown>
  defineCommand(name: string, definition: object): void
  twice(key: string): Promise<unknown>
  pipeline(): Pipeline
  multi(): Pipeline
  flushall(): Promise<unknown>
  quit(): Promise<unknown>
  disconnect(): void
}
interface Ioredis {
  readonly Cluster: new (nodes: readonly object[], options: object) => Client
  new (options: object): Client
}
interface Connected {
  readonly Redis: Ioredis
  readonly client: Client
  readonly auto: Client
}

const SECRET = 'session:4111111111111111'

const message = (say: (what: unknown) => void) => (error: Error) => {
  say(`${error.name}: ${error.message}`)
  return true
}

const exercises: readonly Exercise<Connected>[] = [
  {
    name: 'a value that is set, read, and deleted',
    run: async ({ client }, say) => {
      say(await client.set(SECRET, 'a'))
      say(await client.get(SECRET))
      say(String(await client.getBuffer(SECRET)))
      say(await client.del(SECRET))
      say(await client.get(SECRET))
      await client.ping()
    },
    recorded: { 'cache_l2 set': 'ok 1', 'cache_l2 get': 'ok 3, hits 2, misses 1', 'cache_l2 del': 'ok 1' },
  },
  {
    name: 'reads of hashes and of several keys',
    run: async ({ client }, say) => {
      await client.hset('h', 'field', 'v')
      say(await client.hgetall('h'))
      say(await client.hgetall('none'))
      say(await client.hget('h', 'none'))
      await client.set('{h}a', '1')
      say(await client.mget('{h}a', '{h}b'))
      say(await client.mget('{h}a', '{h}a'))
      await client.del('h', '{h}a')
    },
    recorded: {
      'cache_l2 hset': 'ok 1',
      'cache_l2 hgetall': 'ok 2, hits 1, misses 1',
      'cache_l2 hget': 'ok 1, misses 1',
      'cache_l2 set': 'ok 1',
      'cache_l2 mget': 'ok 2, hits 1, misses 1',
      'cache_l2 del': 'ok 1',
    },
  },
  {
    name: 'by callback',
    run: ({ client }, say) =>
      new Promise((done) => {
        void client.get('none', (error, value) => {
          say([error, value])
          done()
        })
        say('returned')
      }),
    recorded: { 'cache_l2 get': 'ok 1, misses 1' },
  },
  {
    name: 'commands that fail',
    run: async ({ client }, say) => {
      await client.set('text', 'a')
      await assert.rejects(client.hget('text', 'field'), message(say))
      await assert.rejects(client.call('NONSENSE', SECRET), message(say))
      await client.del('text')
    },
    recorded: {
      'cache_l2 set': 'ok 1',
      'cache_l2 hget': 'failed 1, misses 1',
      'cache_l2 nonsense': 'failed 1',
      'cache_l2 del': 'ok 1',
    },
  },
  {
    name: 'a rejection that nobody handles is still told',
    run: async ({ client }, say) => {
      const told = new Promise<void>((done) => {
        const others = process.listeners('unhandledRejection')
        process.removeAllListeners('unhandledRejection')
        process.once('unhandledRejection', (error: Error) => {
          say(error.message)
          for (const each of others) process.on('unhandledRejection', each)
          done()
        })
      })
      void client.call('NONSENSE')
      await told
    },
    recorded: { 'cache_l2 nonsense': 'failed 1' },
  },
  {
    name: 'a pipeline',
    run: async ({ client }, say) => {
      const pipeline = client.pipeline().set('{p}', 'a').get('{p}').lpush('{p}', 'b').get('{p}none')
      const results = await pipeline.exec()
      say(results.map(([error, value]) => [error?.message, value]))
      await client.del('{p}')
    },
    recorded: {
      'cache_l2 set': 'ok 1',
      'cache_l2 get': 'ok 2, hits 1, misses 1',
      'cache_l2 lpush': 'failed 1',
      'cache_l2 del': 'ok 1',
    },
  },
  {
    name: 'a transaction is one operation',
    run: async ({ client }, say) => {
      say(await client.multi().set('{m}', 'a').get('{m}').exec())
      await client.del('{m}')
    },
    recorded: { 'cache_l2 multi': 'ok 1', 'cache_l2 del': 'ok 1' },
  },
  {
    name: 'scripts',
    run: async ({ client }, say) => {
      say(await client.eval('return redis.call("get", KEYS[1])', 1, 'none'))
      client.defineCommand('twice', { numberOfKeys: 1, lua: 'return {KEYS[1], KEYS[1]}' })
      say(await client.twice('k'))
      say(await client.twice('k'))
    },
    recorded: { 'cache_l2 eval': 'ok 1', 'cache_l2 evalsha': 'ok 2' },
  },
  {
    name: 'a command that waits for somebody else',
    run: async ({ client }, say) => say(await client.blpop('none', 0.01)),
    recorded: { 'wait blpop': 'ok 1' },
  },
  {
    name: 'commands that are pipelined by themselves',
    run: async ({ auto }, say) => {
      say(await Promise.all([auto.set('{a}', '1'), auto.get('{a}'), auto.get('{a}none'), auto.del('{a}')]))
      await auto.set('text', 'a')
      await assert.rejects(auto.hget('text', 'field'), message(say))
    },
    recorded: {
      'cache_l2 set': 'ok 2',
      'cache_l2 get': 'ok 2, hits 1, misses 1',
      'cache_l2 del': 'ok 1',
      'cache_l2 hget': 'failed 1, misses 1',
    },
  },
]

const ways: readonly Way<Connected>[] = [
  { name: 'promise', ask: async ({ client }) => void (await client.get('a')) },
  {
    name: 'callback',
    ask: ({ client }, at) =>
      new Promise((done) => {
        void client.get('a', () => {
          at('callback')
          setImmediate(done)
        })
      }),
  },
  { name: 'pipeline', ask: async ({ client }) => void (await client.pipeline().get('a').exec()) },
  { name: 'transaction', ask: async ({ client }) => void (await client.multi().get('a').exec()) },
  { name: 'auto-pipelining', ask: async ({ auto }) => void (await auto.get('a')) },
  {
    name: 'auto-pipelining, callback',
    ask: ({ auto }, at) =>
      new Promise((done) => {
        void auto.get('a', () => {
          at('callback')
          done()
        })
      }),
  },
]

const skip = noLibraries ?? (hasRedis ? undefined : 'Redis is not installed')
let server: TestServer
let cluster: TestServer
if (skip === undefined) {
  before(async () => {
    ;[server, cluster] = await Promise.all([redisServer(), redisCluster()])
  })
  after(() => Promise.all([server.stop(), cluster.stop()]))
}

for (const name of ['ioredis', 'ioredis5', 'ioredis50']) {
  const connect = (Redis: Ioredis, options: object): Client =>
    new Redis({ host: '127.0.0.1', port: server.port, protocol: 2, ...options })
  const connectCluster = (Redis: Ioredis, options: object): Client =>
    new Redis.Cluster([{ host: '127.0.0.1', port: cluster.port }], options)
  for (const [what, made] of [
    ['', connect],
    [', a cluster', connectCluster],
  ] as const) {
    libraryContract<Connected>({
      name: `ioredis ${versionOf(name)}${what}`,
      skip,
      component: 'cache_l2',
      open: async () => {
        const Redis = required<Ioredis>(name)
        const client = made(Redis, {})
        const auto = made(Redis, { enableAutoPipelining: true })
        await Promise.all([client.get('a'), auto.get('a')])
        return { Redis, client, auto }
      },
      close: async ({ client, auto }) => void (await Promise.all([client.quit(), auto.quit()])),
      exercises,
      ways,
      report: { library: 'ioredis', state: 'attached', how: 'patch' },
    })
  }
}
