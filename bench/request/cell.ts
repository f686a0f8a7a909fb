import { median } from '../statistics.ts'
import { type Burst, type BurstOptions, burst } from './burst.ts'
import { AGAIN } from './entrants.ts'
import type { ServerProcess } from './server-process.ts'

/** What measuring costs in one cell (an application and a path), against the bare server beside it. */
export interface Cost {
  readonly name: string
  /** Requests a second as a share of the bare server's. */
  readonly kept: number
  /** CPU added to a request, µs: of the process, and of its main thread. */
  readonly addedUs: number
  readonly addedMainUs: number | undefined
  readonly rssRatio: number
}

export interface Cell {
  readonly app: string
  readonly path: string
  readonly bare: { readonly requestsPerSecond: number; readonly cpuUs: number; readonly rssBytes: number }
  readonly costs: readonly Cost[]
  /** By how much a second bare server, judged as the others are, differs from the first. */
  readonly noise: { readonly kept: number; readonly cpuUs: number }
  /** Share of all bursts in which other processes took more than 4 % of the server's core. */
  readonly disturbed: number
}

export interface RoundsOptions extends BurstOptions {
  readonly rounds: number
}

/** What the servers of one cell did in their rounds, each of them one process. */
export interface Rounds {
  readonly bares: readonly Burst[]
  readonly others: ReadonlyMap<string, readonly Comparison[]>
  readonly disturbed: readonly boolean[]
}

/** A burst over this is counted as disturbed. */
const FOREIGN = 0.04
/**
 * Until V8 has compiled what a server runs, or the bare one, which is asked several times as often as the others later
 * on, would be ahead: after 20 000 requests Yardstick added 40 µs to `/real`, after 60 000 and ever since 20.
 */
const WARM_UP_REQUESTS = 120_000
const WARM_UP_SECONDS = 25

/**
 * Load right before each burst that does not count. Others have their turn for many seconds meanwhile, and V8 tidies up
 * what idles: at once after that Yardstick added 3.7 µs to `/hello` of Fastify where in steady traffic it adds 2.0.
 */
const SETTLE_SECONDS = 2

/** Bare, one, bare, another, bare …: each burst is compared with the bare ones right before and after it. */
export async function rounds(
  path: string,
  bare: ServerProcess,
  others: ReadonlyMap<string, ServerProcess>,
  options: RoundsOptions,
): Promise<Rounds> {
  const bares: Burst[] = []
  const found = new Map([...others.keys()].map((name): [string, Comparison[]] => [name, []]))
  const disturbed: boolean[] = []
  for (const server of [bare, ...others.values()]) await warmUp(server, path, options)
  for (let round = 0; round < options.rounds; round++) {
    let before = await settledBurst(bare, path, options)
    for (const [name, server] of others) {
      const mine = await settledBurst(server, path, options)
      const after = await settledBurst(bare, path, options)
      bares.push(after)
      found.get(name)!.push(compare(mine, before, after))
      disturbed.push([before, mine, after].some(({ foreignShare }) => foreignShare > FOREIGN))
      before = after
    }
  }
  return { bares, others: found, disturbed }
}

/**
 * The cell that these rounds come to, each of processes of its own: what V8 compiles, and when, differs from one process
 * to the next by more than what is to be measured.
 */
export function cell(app: string, path: string, found: readonly Rounds[]): Cell {
  const bares = found.flatMap((each) => each.bares)
  const disturbed = found.flatMap((each) => each.disturbed)
  const names = new Set(found.flatMap(({ others }) => [...others.keys()]))
  const costs = [...names].map((name) =>
    cost(
      name,
      found.flatMap(({ others }) => others.get(name) ?? []),
    ),
  )
  const again = costs.find(({ name }) => name === AGAIN.name)!
  return {
    app,
    path,
    bare: {
      requestsPerSecond: median(bares.map((one) => one.requestsPerSecond)),
      cpuUs: median(bares.map((one) => one.cpuUs)),
      rssBytes: median(bares.map((one) => one.rssBytes)),
    },
    costs,
    noise: { kept: Math.abs(1 - again.kept), cpuUs: Math.abs(again.addedUs) },
    disturbed: disturbed.filter(Boolean).length / Math.max(1, disturbed.length),
  }
}

async function warmUp(server: ServerProcess, path: string, options: BurstOptions): Promise<void> {
  let requests = 0
  for (
    let seconds = 0;
    seconds < WARM_UP_SECONDS && requests < WARM_UP_REQUESTS;
    seconds += options.seconds
  ) {
    requests += (await burst(server, path, options)).requests
  }
}

async function settledBurst(server: ServerProcess, path: string, options: BurstOptions): Promise<Burst> {
  await burst(server, path, { ...options, seconds: SETTLE_SECONDS })
  return burst(server, path, options)
}

type Comparison = Omit<Cost, 'name'>

function compare(mine: Burst, before: Burst, after: Burst): Comparison {
  const mean = (of: (burst: Burst) => number): number => (of(before) + of(after)) / 2
  return {
    kept: mine.requestsPerSecond / mean((one) => one.requestsPerSecond),
    addedUs: mine.cpuUs - mean((one) => one.cpuUs),
    addedMainUs:
      mine.mainCpuUs === undefined ? undefined : mine.mainCpuUs - mean((one) => one.mainCpuUs ?? Number.NaN),
    rssRatio: mine.rssBytes / mean((one) => one.rssBytes),
  }
}

function cost(name: string, comparisons: readonly Comparison[]): Cost {
  const main = comparisons.flatMap(({ addedMainUs }) => addedMainUs ?? [])
  return {
    name,
    kept: median(comparisons.map(({ kept }) => kept)),
    addedUs: median(comparisons.map(({ addedUs }) => addedUs)),
    addedMainUs: main.length === 0 ? undefined : median(main),
    rssRatio: median(comparisons.map(({ rssRatio }) => rssRatio)),
  }
}
