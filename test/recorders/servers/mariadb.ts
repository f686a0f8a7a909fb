import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../servers/free-port.ts'
import type { TestServer } from './test-server.ts'

const SERVER = ['/usr/sbin/mariadbd', '/usr/bin/mariadbd'].find((file) => existsSync(file))
const INSTALLER = ['/usr/bin/mariadb-install-db'].find((file) => existsSync(file))

export const hasMariadb: boolean = SERVER !== undefined && INSTALLER !== undefined

/** A MariaDB of its own on a free port of this machine; user `root` without a password, database `test`. */
export async function mariadbServer(): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-mariadb-'))
  chmodSync(directory, 0o755)
  const data = join(directory, 'data')
  const as = process.getuid?.() === 0 ? ['--user=root'] : []
  const made = spawnSync(
    INSTALLER!,
    ['--no-defaults', `--datadir=${data}`, ...as, '--auth-root-authentication-method=normal'],
    { encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stdout} ${made.stderr}`)
  const port = await freePort()
  const child = spawn(
    SERVER!,
    [
      '--no-defaults',
      ...as,
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(directory, 'socket')}`,
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-buffer-pool-size=16M',
    ],
    { stdio: 'ignore' },
  )
  const ended = once(child, 'exit')
  const untilMs = performance.now() + 30_000
  while (!(await greets(port))) {
    if (performance.now() > untilMs) throw new Error('MariaDB did not come up within 30 s')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    port,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Whether it says hello, as MySQL servers do first. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
  })
}
