import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type pg from 'pg'
import { gives } from './answers.ts'
import { freePort } from './free-port.ts'
import { unprivileged, unprivilegedDirectory } from './unprivileged.ts'

// Where the packages of Debian and Fedora, a build of one's own, and Homebrew put the server; the newest first.
const PLACES = [
  ...globSync('/usr/lib/postgresql/*/bin').sort().reverse(),
  '/usr/local/bin',
  '/usr/bin',
  ...globSync('/opt/homebrew/opt/postgresql@*/bin').sort().reverse(),
]
const binaries = PLACES.find(
  (place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres')),
)

/** Why tests that need a PostgreSQL are skipped; `false` where there is one. */
export const noPostgres: string | false =
  binaries === undefined ? 'no PostgreSQL server is installed (apt install postgresql)' : false

export const TEST_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
  max_connections: '200',
}

const SIGNALS = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const

/** `smart` waits three seconds for clients to leave, `fast` ends all connections, `immediate` is a crash. */
type Stop = keyof typeof SIGNALS

// Not by a driver: it would be in the process before the recorders of a test are.
const GREETING = { say: '\0\0\0\x17\0\x03\0\0user\0postgres\0\0', begins: 'R' }

/** A PostgreSQL of the test's own: unprivileged, in a temporary directory, on a free port. */
export class PostgresServer {
  readonly directory: string
  readonly port: number
  readonly #settings: Readonly<Record<string, string>>
  #process: ChildProcess | undefined

  /** @param settings of `postgresql.conf`. Default: what makes tests fast, and a crash of the machine forget all */
  static async start(settings: Readonly<Record<string, string>> = TEST_SETTINGS): Promise<PostgresServer> {
    const server = new PostgresServer(unprivilegedDirectory('yardstick-pg-'), await freePort(), settings)
    const options = ['-A', 'trust', '-U', 'postgres', '--no-sync', '--locale=C', '-E', 'UTF8']
    await promisify(execFile)(join(binaries!, 'initdb'), ['-D', server.#data, ...options], server.#spawning)
    await server.start()
    return server
  }

  private constructor(directory: string, port: number, settings: Readonly<Record<string, string>>) {
    this.directory = directory
    this.port = port
    this.#settings = settings
  }

  /** For a user who may do everything. */
  get url(): string {
    return this.urlFor('postgres')
  }

  urlFor(user: string, database = 'postgres'): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${database}`
  }

  /** Of the server's main process. */
  get pid(): number {
    return this.#process!.pid!
  }

  /** Starts it (again). */
  async start(): Promise<void> {
    const settings = Object.entries({ ...this.#settings, listen_addresses: '127.0.0.1' })
    const options = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const place = ['-D', this.#data, '-p', String(this.port), '-k', this.directory]
    this.#process = spawn(join(binaries!, 'postgres'), [...place, ...options], {
      ...this.#spawning,
      stdio: 'ignore',
    })
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error('PostgreSQL ended while it started')
      if (await gives(this.port, GREETING)) return
      await pause(20)
    }
  }

  async stop(mode: Stop = 'fast'): Promise<void> {
    const process = this.#process
    this.#process = undefined
    if (process === undefined || process.exitCode !== null) return
    const ended = once(process, 'exit')
    process.kill(SIGNALS[mode])
    const late = mode === 'smart' ? setTimeout(() => process.kill('SIGINT'), 3000) : undefined
    await ended
    clearTimeout(late)
  }

  /** Stops it and removes all it had. */
  async remove(mode: Stop = 'immediate'): Promise<void> {
    await this.stop(mode)
    rmSync(this.directory, { recursive: true, force: true })
  }

  /** Runs SQL on a connection of its own, as a user who may do everything. */
  async query<R extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<readonly R[]> {
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: this.url })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query<R>(sql, values)).rows
    } finally {
      await client.end()
    }
  }

  get #data(): string {
    return join(this.directory, 'data')
  }

  get #spawning(): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
    return {
      ...unprivileged,
      cwd: this.directory,
      env: { ...process.env, HOME: this.directory, LC_ALL: 'C' },
    }
  }
}
