import type { Entrant } from './entrant.ts'
import { BARE } from './entrants.ts'
import { load } from './load.ts'
import type { Usage } from './server.ts'
import { type ServerOptions, ServerProcess } from './server-process.ts'

/** What one of the two did while both were under load. */
export interface Part {
  readonly requests: number
  /** CPU time of the server's process for one request, µs. */
  readonly cpuUs: number
  /** That of its main thread, where Node tells it. */
  readonly mainCpuUs: number | undefined
  readonly rssBytes: number
}

export interface Duet {
  readonly bare: Part
  readonly other: Part
}

export interface DuetOptions {
  readonly seconds: number
  readonly loadCpu: number
}

/**
 * Until V8 has compiled what is used once a request: after 20 000 requests Yardstick added 40 µs to `/real`, after
 * 60 000 and ever since 20.
 */
const WARM_UP_REQUESTS = 100_000
/** Slow agents never get as far. */
const WARM_UP_SECONDS = 80

/**
 * A server and a bare one of its own, on one core, which are always under load at the same time: the kernel gives each a
 * few milliseconds in turn, so whatever makes the machine slower makes both slower (after Bulej and others, "Duet
 * Benchmarking", 2020). A bare one that all others shared would be asked more often than they, and be compiled better:
 * a second bare server seemed to be up to 13 % slower than that.
 */
export class Pair {
  readonly #bare: ServerProcess
  readonly #other: ServerProcess

  private constructor(bare: ServerProcess, other: ServerProcess) {
    this.#bare = bare
    this.#other = other
  }

  static async start(app: string, entrant: Entrant, options: ServerOptions): Promise<Pair> {
    const bare = await ServerProcess.start(app, BARE, options)
    try {
      return new Pair(bare, await ServerProcess.start(app, entrant, options))
    } catch (error) {
      await bare.stop()
      throw error
    }
  }

  async warmUp(path: string, options: DuetOptions): Promise<void> {
    let fewest = 0
    for (let at = 0; at < WARM_UP_SECONDS && fewest < WARM_UP_REQUESTS; at += options.seconds) {
      const { bare, other } = await this.duet(path, options)
      fewest += Math.min(bare.requests, other.requests)
    }
  }

  async duet(path: string, { seconds, loadCpu }: DuetOptions): Promise<Duet> {
    const part = async (server: ServerProcess): Promise<Part> => {
      const before = await server.usage()
      const { requests, failed } = await load(server.url + path, seconds, loadCpu)
      if (failed > 0 || requests === 0) throw new Error(`${failed} of ${requests} requests to ${path} failed`)
      return partOf(requests, before, await server.usage())
    }
    const both = [part(this.#bare), part(this.#other)] as const
    // Neither is to be stopped while it is under load.
    await Promise.allSettled(both)
    const [bare, other] = await Promise.all(both)
    return { bare, other }
  }

  async stop(): Promise<void> {
    await Promise.all([this.#bare.stop(), this.#other.stop()])
  }
}

function partOf(requests: number, before: Usage, after: Usage): Part {
  const isMainKnown = before.mainCpuUs !== undefined && after.mainCpuUs !== undefined
  return {
    requests,
    cpuUs: (after.cpuUs - before.cpuUs) / requests,
    mainCpuUs: isMainKnown ? (after.mainCpuUs - before.mainCpuUs) / requests : undefined,
    rssBytes: after.rssBytes,
  }
}
