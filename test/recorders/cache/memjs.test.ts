import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { libraryContract } from '../../../contracts/library.ts'
import { noLibraries, required, versionOf } from '../libraries.ts'
import { hasMemcached, memcachedServer } from '../servers/memcached.ts'
import type { TestServer } from '../servers/test-server.ts'

type Answer = (error: Error | null, value: Buffer | null) => void
interface Client {
  get(key: string): Promise<{ readonly value: Buffer | null }>
  get(key: string, answer: Answer): void
  set(key: string, value: string, options: object): Promise<boolean>
  delete(key: string): Promise<boolean>
  increment(key: string, by: number, options: object): Promise<unknown>
  close(): void
}

const SECRET = 'session:4111111111111111'
const skip = noLibraries ?? (hasMemcached ? undefined : 'memcached is not installed')
let server: TestServer
if (skip === undefined) {
  before(async () => {
    server = await memcachedServer()
  })
  after(() => server.stop())
}

libraryContract<Client>({
  name: `memjs ${versionOf('memjs')}`,
  skip,
  component: 'cache_l2',
  open: async () => {
    const { Client } = required<{ Client: { create(at: string, options: object): Client } }>('memjs')
    return Client.create(`127.0.0.1:${server.port}`, { retries: 1 })
  },
  close: async (client) => client.close(),
  exercises: [
    {
      name: 'a value that is set, read, and deleted',
      run: async (client, say) => {
        say(await client.set(SECRET, 'a', {}))
        say(String((await client.get(SECRET)).value))
        say(await client.delete(SECRET))
        say((await client.get(SECRET)).value)
      },
      recorded: { 'cache_l2 set': 'ok 1', 'cache_l2 get': 'ok 2, hits 1, misses 1', 'cache_l2 del': 'ok 1' },
    },
    {
      name: 'by callback',
      run: (client, say) =>
        new Promise((done) => {
          client.get('none', (error, value) => {
            say([error, value])
            done()
          })
          say('returned')
        }),
      recorded: { 'cache_l2 get': 'ok 1, misses 1' },
    },
    {
      name: 'a command that fails',
      run: async (client, say) => {
        await client.set('text', 'a', {})
        await assert.rejects(client.increment('text', 1, {}), (error: Error) => {
          say(error.message)
          return true
        })
        await client.delete('text')
      },
      recorded: { 'cache_l2 set': 'ok 1', 'cache_l2 increment': 'failed 1', 'cache_l2 del': 'ok 1' },
    },
  ],
  ways: [
    { name: 'promise', ask: async (client) => void (await client.get('a')) },
    {
      name: 'callback',
      ask: (client, at) =>
        new Promise((done) => {
          client.get('a', () => {
            at('callback')
            done()
          })
        }),
    },
  ],
  report: { library: 'memjs', state: 'attached', how: 'patch' },
})
