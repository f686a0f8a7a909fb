import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../servers/free-port.ts'
import type { TestServer } from './test-server.ts'

// Not the one in the path: that one belongs to the system's service, and changes to its user.
const SERVER = globSync('/usr/lib/rabbitmq/lib/*/sbin/rabbitmq-server').at(-1)

export const hasRabbitmq: boolean = SERVER !== undefined

/** A RabbitMQ of its own on a free port of this machine; user and password are `guest`. Takes some seconds to start. */
export async function rabbitmqServer(): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-rabbitmq-'))
  const [port, nodes, names] = [await freePort(), await freePort(), await freePort()]
  writeFileSync(join(directory, 'rabbitmq.conf'), `listeners.tcp.default = 127.0.0.1:${port}\n`)
  const env = {
    ...process.env,
    HOME: directory,
    RABBITMQ_NODENAME: `yardstick-${port}@localhost`,
    RABBITMQ_MNESIA_BASE: join(directory, 'data'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq'),
    RABBITMQ_CONF_ENV_FILE: join(directory, 'none'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'plugins'),
    RABBITMQ_DIST_PORT: `${nodes}`,
    // It starts a daemon that knows the names of such servers, which outlives it.
    ERL_EPMD_PORT: `${names}`,
    ERL_EPMD_ADDRESS: '127.0.0.1',
  }
  const child = spawn(SERVER!, { env, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(child, 'exit')
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('Server startup complete')) resolve()
    })
    child.once('exit', () => reject(new Error(`RabbitMQ did not start: ${said.slice(-1000)}`)))
  })
  return {
    port,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      spawnSync('epmd', ['-kill'], { env })
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
