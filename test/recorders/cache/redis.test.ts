import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { type Exercise, libraryContract, type Way } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'
import { hasRedis, redisCluster, redisServer } from '../servers/redis.ts'
import type { TestServer } from '../servers/test-server.ts'

interface Multi {
  get(key: string): Multi
  set(key: string, value: string): Multi
  exec(): Promise<unknown>
  execAsPipeline(): Promise<unknown>
}
interface Client {
  connect(): Promise<unknown>
  get(key: string): Promise<unknown>
  set(key: string, value: string): Promise<unknown>
  mGet(keys: readonly string[]): Promise<unknown>
  del(keys: string | readonly string[]): Promise<unknown>
  hGet(key: string, field: string): Promise<unknown>
  hGetAll(key: string): Promise<unknown>
  hSet(key: string, field: string, value: string): Promise<unknown>
  eval(script: string, options: object): Promise<unknown>
  blPop(key: string, timeoutSeconds: number): Promise<unknown>
  multi(): Multi
  on(event: 'error', listener: (error: Error) => void): Client
  close(): unknown
  destroy(): void
}
interface NodeRedis {
  createClient(options: object): Client
  /** Not in 5.0. */
  createClientPool?(options: object, pool: object): Client
  createCluster(options: object): Client
}
interface Connected {
  readonly client: Client
  /** Fewer connections than callers. */
  readonly pool: Client
}

const SECRET = 'session:4111111111111111'
const message = (say: (what: unknown) => void) => (error: Error) => {
  say(`${error.name}: ${error.message}`)
  return true
}

const exercises: readonly Exercise<Connected>[] = [
  {
    name: 'a value that is set, read, and deleted',
    run: async ({ client, pool }, say) => {
      say(await client.set(SECRET, 'a'))
      say(await client.get(SECRET))
      say(await pool.get('none'))
      say(await client.del(SECRET))
      say(await client.get(SECRET))
    },
    recorded: { 'cache_l2 set': 'ok 1', 'cache_l2 get': 'ok 3, hits 1, misses 2', 'cache_l2 del': 'ok 1' },
  },
  {
    name: 'reads of hashes and of several keys',
    run: async ({ client }, say) => {
      await client.hSet('h', 'field', 'v')
      say(await client.hGetAll('h'))
      say(await client.hGetAll('none'))
      say(await client.hGet('h', 'none'))
      await client.set('{h}a', '1')
      say(await client.mGet(['{h}a', '{h}b']))
      say(await client.mGet(['{h}a', '{h}a']))
      await client.del(['h', '{h}a'])
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
    name: 'a command that fails',
    run: async ({ client }, say) => {
      await client.set('text', 'a')
      await assert.rejects(client.hGet('text', 'field'), message(say))
      await client.del('text')
    },
    recorded: { 'cache_l2 set': 'ok 1', 'cache_l2 hget': 'failed 1, misses 1', 'cache_l2 del': 'ok 1' },
  },
  {
    name: 'a rejection that nobody handles is still told',
    run: async ({ client }, say) => {
      await client.set('text', 'a')
      const told = new Promise<void>((done) => {
        const others = process.listeners('unhandledRejection')
        process.removeAllListeners('unhandledRejection')
        process.once('unhandledRejection', (error: Error) => {
          say(error.message)
          for (const each of others) process.on('unhandledRejection', each)
          done()
        })
      })
      void client.hGet('text', 'field')
      await told
      await client.del('text')
    },
    recorded: { 'cache_l2 set': 'ok 1', 'cache_l2 hget': 'failed 1, misses 1', 'cache_l2 del': 'ok 1' },
  },
  {
    name: 'a pipeline',
    run: async ({ client }, say) => {
      say(await client.multi().set('{p}', 'a').get('{p}').get('{p}none').execAsPipeline())
      await client.del('{p}')
    },
    recorded: {
      'cache_l2 set': 'ok 1',
      'cache_l2 get': 'ok 2, hits 1, misses 1',
      'cache_l2 del': 'ok 1',
    },
  },
  {
    name: 'a transaction is one operation',
    run: async ({ client, pool }, say) => {
      say(await client.multi().set('{m}', 'a').get('{m}').exec())
      say(await pool.multi().get('{m}').exec())
      await client.del('{m}')
    },
    recorded: { 'cache_l2 multi': 'ok 2', 'cache_l2 del': 'ok 1' },
  },
  {
    name: 'a script',
    run: async ({ client }, say) => {
      say(await client.eval('return {KEYS[1], ARGV[1]}', { keys: ['k'], arguments: ['a'] }))
    },
    recorded: { 'cache_l2 eval': 'ok 1' },
  },
  {
    name: 'a command that waits for somebody else',
    run: async ({ client }, say) => say(await client.blPop('none', 0.01)),
    recorded: { 'wait blpop': 'ok 1' },
  },
]

const ways: readonly Way<Connected>[] = [
  { name: 'promise', ask: async ({ client }) => void (await client.get('a')) },
  { name: 'pipeline', ask: async ({ client }) => void (await client.multi().get('a').execAsPipeline()) },
  { name: 'transaction', ask: async ({ client }) => void (await client.multi().get('a').exec()) },
  { name: 'pool', ask: async ({ pool }) => void (await pool.get('a')) },
  { name: 'pool, transaction', ask: async ({ pool }) => void (await pool.multi().get('a').exec()) },
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

const url = (port: number): string => `redis://127.0.0.1:${port}`

interface Loading {
  readonly as: string
  readonly load: () => Promise<NodeRedis>
}

const loadings: readonly Loading[] = [
  ...['redis', 'redis5', 'redis50'].map((name) => ({
    as: `redis ${versionOf(name)}`,
    load: async () => required<NodeRedis>(name),
  })),
  { as: `redis ${versionOf('redis')}, imported`, load: () => imported<NodeRedis>('redis') },
]

const complain = (error: Error): void => console.error(error)

for (const { as, load } of loadings) {
  const single = (library: NodeRedis): Client => library.createClient({ url: url(server.port), RESP: 2 })
  const clustered = (library: NodeRedis): Client =>
    library.createCluster({ rootNodes: [{ url: url(cluster.port) }], RESP: 2 })
  for (const [what, made] of [
    ['', single],
    [', a cluster', clustered],
  ] as const) {
    libraryContract<Connected>({
      name: `${as}${what}`,
      skip,
      component: 'cache_l2',
      open: async () => {
        const library = await load()
        const options = { url: url(server.port), RESP: 2 }
        const pool =
          library.createClientPool?.(options, { minimum: 1, maximum: 2 }) ?? library.createClient(options)
        const client = made(library)
        for (const each of [client, pool]) await each.on('error', complain).connect()
        return { client, pool }
      },
      close: async ({ client, pool }) => {
        await client.close()
        // Not `close`: in 5.9 a timer of the pool that has been closed throws.
        pool.destroy()
      },
      exercises,
      ways,
      report: { library: '@redis/client', state: 'attached', how: 'patch' },
    })
  }
}
