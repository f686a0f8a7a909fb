import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../servers/free-port.ts'
import type { TestServer } from './test-server.ts'

const NOBODY = 65_534
const binaries = [...globSync('/usr/lib/postgresql/*/bin'), '/usr/local/bin', '/usr/bin'].filter((folder) =>
  existsSync(join(folder, 'initdb')),
)

export const hasPostgres: boolean = binaries.length > 0

/** A PostgreSQL of its own on a free port of this machine; user and database are `postgres`, without a password. */
export async function postgresServer(): Promise<TestServer> {
  const folder = binaries.at(-1)!
  // PostgreSQL refuses to run as root.
  const root = process.getuid?.() === 0
  const as = root ? { uid: NOBODY, gid: NOBODY } : {}
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-postgres-'))
  if (root) chownSync(directory, NOBODY, NOBODY)
  const options = { ...as, cwd: directory, env: { ...process.env, HOME: directory, LC_ALL: 'C' } }
  const data = join(directory, 'data')
  const made = spawnSync(
    join(folder, 'initdb'),
    ['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync', '--locale=C', '-E', 'UTF8'],
    { ...options, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`)
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', 'fsync=off', 'shared_buffers=32MB', 'max_connections=100']
  const child = spawn(
    join(folder, 'postgres'),
    ['-D', data, '-p', String(port), '-k', directory, ...settings.flatMap((each) => ['-c', each])],
    { ...options, stdio: 'ignore' },
  )
  const ended = once(child, 'exit')
  await answers(port)
  return {
    port,
    stop: async () => {
      // It waits for clients that are about to leave: told to go, an old driver would throw.
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGINT'), 3000)
      await ended
      clearTimeout(late)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Waits until the server takes a connection and answers the start of one. */
async function answers(port: number): Promise<void> {
  const untilMs = performance.now() + 20_000
  while (!(await greets(port))) {
    if (performance.now() > untilMs) throw new Error('PostgreSQL did not come up within 20 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Whether it says that it will authenticate us, rather than that it is starting up. */
function greets(port: number): Promise<boolean> {
  const words = Buffer.from('user\0postgres\0\0')
  const start = Buffer.alloc(8)
  start.writeInt32BE(words.length + 8, 0)
  start.writeInt32BE(196_608, 4)
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.concat([start, words])))
    socket.once('data', (said) => {
      resolve(said[0] === 82)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
  })
}
