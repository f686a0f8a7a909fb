import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Monitor } from './monitor.ts'

/** What a server says of itself, over the channel to its parent. */
export interface Usage {
  /** CPU time of the whole process, engine's thread included. */
  readonly cpuUs: number
  /** Of the thread that answers requests; unknown before Node 23.9. */
  readonly mainCpuUs: number | undefined
  readonly rssBytes: number
}

const MONITORS: Readonly<Record<string, (packageFolder: string) => Promise<Monitor>>> = {
  bare: async () => (await import('./monitors/bare.ts')).monitor(),
  floor: async () => (await import('./monitors/floor.ts')).monitor(),
  yardstick: async (folder) => (await import('./monitors/yardstick.ts')).monitor(folder, false),
  'yardstick-middleware': async (folder) => (await import('./monitors/yardstick.ts')).monitor(folder, true),
  'prom-client': async () => (await import('./monitors/prom-client.ts')).monitor(),
  'open-telemetry': async () => (await import('./monitors/open-telemetry.ts')).monitor(),
}

const APPS: Readonly<Record<string, (monitor: Monitor) => Promise<Server>>> = {
  http: async (monitor) => (await import('./apps/http.ts')).app(monitor),
  fastify: async (monitor) => (await import('./apps/fastify.ts')).app(monitor),
  express: async (monitor) => (await import('./apps/express.ts')).app(monitor),
}

const [, , appName = '', monitorName = '', packageFolder = ''] = process.argv
const server = await APPS[appName]!(await MONITORS[monitorName]!(packageFolder))

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  const main = typeof process.threadCpuUsage === 'function' ? process.threadCpuUsage() : undefined
  const usage: Usage = {
    cpuUs: user + system,
    mainCpuUs: main === undefined ? undefined : main.user + main.system,
    rssBytes: process.memoryUsage.rss(),
  }
  process.send!(usage)
})
process.send!({ port: (server.address() as AddressInfo).port })
