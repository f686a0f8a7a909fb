import { load } from './load.ts'
import type { Usage } from './server.ts'
import type { ServerProcess } from './server-process.ts'

/** What one server did while several were under load, all on one core. */
export interface Turn {
  readonly requests: number
  /** CPU time of the server's process for one request, µs. */
  readonly cpuUs: number
  /** That of its main thread, where Node tells it. */
  readonly mainCpuUs: number | undefined
  readonly rssBytes: number
}

export interface TurnOptions {
  readonly seconds: number
  readonly loadCpu: number
}

/**
 * Puts servers that share a core under load at the same time: the kernel gives each a few milliseconds in turn, so
 * whatever makes the machine slower for a while makes all of them slower.
 */
export async function turns(
  servers: readonly ServerProcess[],
  path: string,
  { seconds, loadCpu }: TurnOptions,
): Promise<readonly Turn[]> {
  const before = await Promise.all(servers.map((server) => server.usage()))
  const loads = await Promise.all(servers.map((server) => load(server.url + path, seconds, loadCpu)))
  const after = await Promise.all(servers.map((server) => server.usage()))
  return loads.map(({ requests, failed }, i) => {
    if (failed > 0 || requests === 0) throw new Error(`${failed} of ${requests} requests to ${path} failed`)
    return turn(requests, before[i]!, after[i]!)
  })
}

function turn(requests: number, before: Usage, after: Usage): Turn {
  const isMainKnown = before.mainCpuUs !== undefined && after.mainCpuUs !== undefined
  return {
    requests,
    cpuUs: (after.cpuUs - before.cpuUs) / requests,
    mainCpuUs: isMainKnown ? (after.mainCpuUs - before.mainCpuUs) / requests : undefined,
    rssBytes: after.rssBytes,
  }
}
