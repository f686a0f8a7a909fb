import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answers } from '../../servers/answers.ts'
import { freePort } from '../../servers/free-port.ts'
import type { TestServer } from './test-server.ts'

export const hasRedis: boolean = spawnSync('redis-server', ['--version']).status === 0

/** A Redis of its own on a free port of this machine, without a password; it saves nothing. */
export async function redisServer(...settings: readonly string[]): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-redis-'))
  const port = await freePort()
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory, ...settings],
    { stdio: 'ignore' },
  )
  const ended = once(child, 'exit')
  await answers(port, { say: 'PING\r\n', begins: '+PONG' })
  return {
    port,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Three masters that share the slots. */
export async function redisCluster(): Promise<TestServer> {
  const nodes = await Promise.all([1, 2, 3].map(() => redisServer('--cluster-enabled', 'yes')))
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`)
  const made = spawnSync(
    'redis-cli',
    ['--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes'],
    { encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`redis-cli: ${made.stdout}${made.stderr}`)
  for (const { port } of nodes) await answers(port, { say: 'CLUSTER INFO\r\n', holds: 'cluster_state:ok' })
  return { port: nodes[0]!.port, stop: async () => void (await Promise.all(nodes.map(({ stop }) => stop()))) }
}
