import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answers } from '../../servers/answers.ts'
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
  // One that starts deletes every `#sql*` of its `tmpdir`: in a shared one those of its neighbour, which then fails.
  const temporary = join(directory, 'tmp')
  mkdirSync(temporary)
  const settings = [
    '--no-defaults',
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    `--datadir=${data}`,
    `--tmpdir=${temporary}`,
    '--innodb-log-file-size=4M',
    '--innodb-buffer-pool-size=16M',
  ]
  const made = spawnSync(INSTALLER!, [...settings, '--auth-root-authentication-method=normal'], {
    encoding: 'utf8',
  })
  if (made.status !== 0) {
    rmSync(directory, { recursive: true })
    // What went wrong is there; `stdout` has a page of general advice.
    throw new Error(`mariadb-install-db: ${made.error ?? made.stderr}`)
  }
  const port = await freePort()
  const child = spawn(
    SERVER!,
    [
      ...settings,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(directory, 'socket')}`,
      '--innodb-flush-log-at-trx-commit=0',
    ],
    { stdio: 'ignore' },
  )
  const ended = once(child, 'exit')
  // It is the first to speak.
  await answers(port, { say: '' })
  return {
    port,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
