import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from './free-port.ts'
import type { PostgresServer } from './postgres.ts'
import { unprivileged, unprivilegedDirectory } from './unprivileged.ts'

const binary = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  .map((place) => join(place, 'pgbouncer'))
  .find((path) => existsSync(path))

/** Why tests that need a PgBouncer are skipped; `false` where there is one. */
export const noPgBouncer: string | false =
  binary === undefined ? 'no PgBouncer is installed (apt install pgbouncer)' : false

/** A PgBouncer in transaction mode before a PostgreSQL, with fewer connections to it than clients have. */
export class PgBouncer {
  readonly url: string
  readonly #directory: string
  readonly #process: ChildProcess

  static async start(server: PostgresServer): Promise<PgBouncer> {
    const directory = unprivilegedDirectory('yardstick-pgbouncer-')
    const port = await freePort()
    const config = join(directory, 'pgbouncer.ini')
    writeFileSync(
      config,
      `[databases]
* = host=127.0.0.1 port=${server.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 500
`,
    )
    const child = spawn(binary!, [config], { ...unprivileged, cwd: directory, stdio: 'ignore' })
    const bouncer = new PgBouncer(`postgres://postgres@127.0.0.1:${port}/postgres`, directory, child)
    await bouncer.#answers()
    return bouncer
  }

  private constructor(url: string, directory: string, process: ChildProcess) {
    this.url = url
    this.#directory = directory
    this.#process = process
  }

  async remove(): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, 'exit')
      this.#process.kill('SIGKILL')
      await ended
    }
    rmSync(this.#directory, { recursive: true, force: true })
  }

  async #answers(): Promise<void> {
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error('PgBouncer ended while it started')
      const client = new pg.Client({ connectionString: this.url })
      try {
        await client.connect()
        await client.end()
        return
      } catch {
        await setTimeout(20)
      }
    }
  }
}
