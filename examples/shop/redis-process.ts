import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { endChild } from './child.ts'

export interface RedisProcess {
  readonly url: string
  stop(): Promise<void>
}

/** Starts a Redis that keeps nothing, on a free loopback port; `undefined` where there is no `redis-server`. */
export async function startRedis(directory: string): Promise<RedisProcess | undefined> {
  const port = await freePort()
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--dir', directory, '--save', '']
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] })
  const ready = new Promise<boolean>((resolve) => {
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_096)
      if (said.includes('Ready to accept connections')) resolve(true)
    })
    child.on('error', () => resolve(false))
    child.on('exit', () => resolve(false))
  })
  if (!(await ready)) return undefined
  return { url: `redis://127.0.0.1:${port}`, stop: () => endChild(child) }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
