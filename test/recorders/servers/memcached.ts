import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { answers } from '../../servers/answers.ts'
import { freePort } from '../../servers/free-port.ts'
import type { TestServer } from './test-server.ts'

export const hasMemcached: boolean = spawnSync('memcached', ['-V']).status === 0

/** A memcached of its own on a free port of this machine. */
export async function memcachedServer(): Promise<TestServer> {
  const port = await freePort()
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn('memcached', ['-p', String(port), '-l', '127.0.0.1', '-m', '16', ...user], {
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  await answers(port, { say: 'version\r\n', begins: 'VERSION' })
  return {
    port,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}
