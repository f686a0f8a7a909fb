// What the recorders of libraries add to one call, ns: medians of bursts without them, with them, and without them again.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { Ledger } from '../src/measure/ledger.ts'
import { Scope } from '../src/measure/scope.ts'
import { recorders } from '../src/recorders/table.ts'
import { redisServer } from '../test/recorders/servers/redis.ts'

const require = createRequire(resolve('test/libraries/package.json'))
const scopes = new AsyncLocalStorage<Scope | undefined>()
const ledger = new Ledger({
  thread: 0,
  scopes,
  now: () => performance.now(),
  limits: () => [],
  announce: () => {},
})

const ROUNDS = 15
type Call = () => unknown

const redis = await redisServer()
const attach = (): readonly (() => void)[] => recorders().map((recorder) => recorder.attach(ledger))
const first = attach()

const { LRUCache } = require('lru-cache')
const { LRUCache: OldCache } = require('lru-cache110')
const jwt = require('jsonwebtoken')
const { PureAbility } = require('casl60')
const { Keyv } = require('keyv')
const Ioredis = require('ioredis')
const { createClient } = require('redis')

const cache = new LRUCache({ max: 100 }).set('a', 1)
const oldCache = new OldCache({ max: 100 }).set('a', 1)
const token = jwt.sign({ sub: 'ann' }, 'secret')
const keyv = new Keyv()
await keyv.set('a', 1)
const ability = new PureAbility([{ action: 'read', subject: 'Post' }])
const ioredis = new Ioredis({ host: '127.0.0.1', port: redis.port })
const client = await createClient({ url: `redis://127.0.0.1:${redis.port}` }).connect()
await ioredis.set('a', '1')
for (const detach of first) detach()

const calls: Readonly<Record<string, { readonly times: number; readonly call: Call }>> = {
  'lru-cache 11.5 get (channel)': { times: 200_000, call: () => cache.get('a') },
  'lru-cache 11.0 get (patch)': { times: 200_000, call: () => oldCache.get('a') },
  'keyv get (100 at once)': { times: 20_000, call: () => keyv.get('a') },
  'casl can': { times: 50_000, call: () => ability.can('read', 'Post') },
  'jsonwebtoken.verify': { times: 3_000, call: () => jwt.verify(token, 'secret') },
  'ioredis get (100 at once)': { times: 20_000, call: () => ioredis.get('a') },
  'redis get (100 at once)': { times: 20_000, call: () => client.get('a') },
}

async function burst({ times, call }: { readonly times: number; readonly call: Call }): Promise<number> {
  return scopes.run(new Scope(performance.now()), async () => {
    const { user, system } = process.cpuUsage()
    for (let done = 0; done < times; ) {
      const results: unknown[] = []
      for (let i = 0; i < 100 && done < times; i++, done++) results.push(call())
      if (results[0] instanceof Promise) await Promise.all(results)
    }
    const spent = process.cpuUsage()
    return ((spent.user + spent.system - user - system) * 1000) / times
  })
}

async function rounds(subject: { readonly times: number; readonly call: Call }): Promise<number> {
  for (let i = 0; i < 3; i++) await burst(subject)
  const figures: number[] = []
  for (let i = 0; i < ROUNDS; i++) figures.push(await burst(subject))
  return median(figures)
}

const median = (figures: readonly number[]): number =>
  [...figures].sort((a, b) => a - b)[figures.length >> 1]!

// Not in turn: what is attached anew is compiled anew, which would be most of what is measured.
for (const [name, subject] of Object.entries(calls)) {
  const bare = await rounds(subject)
  const attached = attach()
  const recorded = await rounds(subject)
  for (const detach of attached) detach()
  const after = await rounds(subject)
  const [mine, ours, drift] = [bare, recorded - (bare + after) / 2, after - bare].map((ns) =>
    ns.toFixed(0).padStart(6),
  )
  console.log(`${name.padEnd(30)} bare ${mine} ns, added ${ours} ns, bare again ${drift} ns more`)
}

ioredis.disconnect()
client.destroy()
await redis.stop()
