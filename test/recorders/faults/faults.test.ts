import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { noLibraries } from '../libraries.ts'
import { httpPeer } from '../servers/http-peer.ts'
import { hasMariadb, mariadbServer } from '../servers/mariadb.ts'
import { hasMemcached, memcachedServer } from '../servers/memcached.ts'
import { mongoStandIn } from '../servers/mongo-stand-in.ts'
import { hasPostgres, postgresServer } from '../servers/postgres.ts'
import { hasRedis, redisServer } from '../servers/redis.ts'
import type { TestServer } from '../servers/test-server.ts'
import type { Fault } from './fault.ts'
import type { Played } from './play.ts'

interface Subject {
  readonly server: () => Promise<TestServer>
  /** Files of this folder. */
  readonly libraries: readonly string[]
  readonly skip: string | undefined
}

const subjects: readonly Subject[] = [
  {
    server: postgresServer,
    libraries: ['pg', 'postgres'],
    skip: hasPostgres ? undefined : 'PostgreSQL is not installed',
  },
  { server: mariadbServer, libraries: ['mysql2'], skip: hasMariadb ? undefined : 'MariaDB is not installed' },
  {
    server: redisServer,
    libraries: ['ioredis', 'redis'],
    skip: hasRedis ? undefined : 'Redis is not installed',
  },
  {
    server: memcachedServer,
    libraries: ['memjs'],
    skip: hasMemcached ? undefined : 'memcached is not installed',
  },
  { server: httpPeer, libraries: ['http-client', 'fetch', 'undici'], skip: undefined },
  { server: mongoStandIn, libraries: ['mongodb', 'mongodb6'], skip: undefined },
]

for (const { server, libraries, skip } of subjects) {
  for (const library of libraries) {
    describe(`faults under ${library}`, { skip: noLibraries ?? skip ?? false }, async () => {
      const { faults } =
        noLibraries === undefined ? ((await import(`./${library}.ts`)) as Faults) : { faults: [] }
      let running: TestServer
      let plain: readonly Played[]
      let recorded: readonly Played[]
      before(async () => {
        running = await server()
        const played = await Promise.all([
          play(library, running.port),
          play(library, running.port, 'recorded'),
        ])
        ;[plain, recorded] = played
      })
      after(() => running.stop())

      for (const [at, fault] of faults.entries()) {
        test(fault.name, () => {
          const { said, recorded: counted, open, errors } = recorded[at]!
          assert.deepEqual(said, plain[at]!.said)
          assert.ok(said.length > 0)
          assert.deepEqual(counted, fault.recorded)
          assert.deepEqual({ open, errors }, { open: fault.endless ?? [], errors: [] })
        })
      }
    })
  }
}

interface Faults {
  readonly faults: readonly Fault[]
}

async function play(library: string, port: number, ...mode: readonly string[]): Promise<readonly Played[]> {
  const file = new URL('play.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [file, library, `${port}`, ...mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    timeout: 60_000,
  })
  const lines = child.stdout.setEncoding('utf8').toArray()
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
  return (await lines)
    .join('')
    .trim()
    .split('\n')
    .map((line: string) => JSON.parse(line) as Played)
}
