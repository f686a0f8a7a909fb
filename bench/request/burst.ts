import { coreBusyMs } from '../core-time.ts'
import { load } from './load.ts'
import type { ServerProcess } from './server-process.ts'

/** One burst against one server. */
export interface Burst {
  readonly requests: number
  readonly requestsPerSecond: number
  /** CPU time of the server's process for one request, µs. */
  readonly cpuUs: number
  /** That of its main thread, where Node tells it. */
  readonly mainCpuUs: number | undefined
  readonly rssBytes: number
  /** Share of the server's core that went to other processes. */
  readonly foreignShare: number
}

export interface BurstOptions {
  readonly seconds: number
  readonly serverCpu: number
  readonly loadCpu: number
}

export async function burst(server: ServerProcess, path: string, options: BurstOptions): Promise<Burst> {
  const { seconds, serverCpu, loadCpu } = options
  const before = await server.usage()
  const busyBefore = coreBusyMs(serverCpu)
  const begunMs = performance.now()
  const { requests, requestsPerSecond, failed } = await load(server.url + path, seconds, loadCpu)
  const tookMs = performance.now() - begunMs
  const busyAfter = coreBusyMs(serverCpu)
  const after = await server.usage()
  if (failed > 0 || requests === 0) throw new Error(`${failed} of ${requests} requests to ${path} failed`)
  const cpuMs = (after.cpuUs - before.cpuUs) / 1000
  const busyMs = busyBefore === undefined || busyAfter === undefined ? cpuMs : busyAfter - busyBefore
  return {
    requests,
    requestsPerSecond,
    cpuUs: (cpuMs * 1000) / requests,
    mainCpuUs:
      before.mainCpuUs === undefined || after.mainCpuUs === undefined
        ? undefined
        : (after.mainCpuUs - before.mainCpuUs) / requests,
    rssBytes: after.rssBytes,
    foreignShare: Math.max(0, busyMs - cpuMs) / tookMs,
  }
}
