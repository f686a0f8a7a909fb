import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
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
