import { median } from '../statistics.ts'
import { AGAIN } from './entrants.ts'
import type { ServerProcess } from './server-process.ts'
import { type Turn, type TurnOptions, turns } from './turn.ts'

/** What measuring costs in one cell (an application and a path), against the bare server beside it. */
export interface Cost {
  readonly name: string
  /** Requests that a second of CPU is enough for, as a share of the bare server's: what a busy core still answers. */
  readonly kept: number
  /** CPU added to a request, µs: of the process, and of its main thread. */
  readonly addedUs: number
  readonly addedMainUs: number | undefined
  readonly rssRatio: number
}

export interface Cell {
  readonly app: string
  readonly path: string
  readonly bare: { readonly cpuUs: number; readonly rssBytes: number }
  readonly costs: readonly Cost[]
  /** By how much a second bare server, judged as the others are, differs from the first. */
  readonly noise: { readonly kept: number; readonly cpuUs: number }
}

export interface DuetOptions extends TurnOptions {
  /** How often each has its turn beside the bare server. */
  readonly rounds: number
}

/** What the servers of one cell did, each of them one process. */
export interface Duets {
  readonly bares: readonly Turn[]
  readonly others: ReadonlyMap<string, readonly Comparison[]>
}

/**
 * Until V8 has compiled what a server runs, or the bare one, which is asked several times as often as the others later
 * on, would be ahead: after 20 000 requests Yardstick added 40 µs to `/real`, after 60 000 and ever since 20.
 */
const WARM_UP_REQUESTS = 100_000
/** For each server; the slowest agents never get as far. */
const WARM_UP_SECONDS = 40

/**
 * Load right before each duet that does not count. Others have their turn for many seconds meanwhile, and V8 tidies up
 * what idles: at once after that Yardstick added 3.7 µs to `/hello` of Fastify where in steady traffic it adds 2.0.
 */
const SETTLE_SECONDS = 2

/**
 * Each beside the bare server, both under load at the same time on the same core (after Bulej and others, "Duet
 * Benchmarking", 2020). One burst after the other, as it was done before, leaves the comparison to what neighbours of
 * a virtual machine do: there the same server needed 24 µs a request in one burst and 50 in the next, while of
 * one pair of bare processes the duets differ by 1 or 2.
 */
export async function duets(
  path: string,
  bare: ServerProcess,
  others: ReadonlyMap<string, ServerProcess>,
  options: DuetOptions,
): Promise<Duets> {
  const bares: Turn[] = []
  const found = new Map([...others.keys()].map((name): [string, Comparison[]] => [name, []]))
  await warmUp([bare, ...others.values()], path, options)
  for (let round = 0; round < options.rounds; round++) {
    for (const [name, server] of others) {
      const pair = [bare, server]
      await turns(pair, path, { ...options, seconds: SETTLE_SECONDS })
      const [its, mine] = (await turns(pair, path, options)) as [Turn, Turn]
      bares.push(its)
      found.get(name)!.push(compare(mine, its))
    }
  }
  return { bares, others: found }
}

/**
 * The cell that these duets come to, each of processes of its own: what V8 compiles, and when, differs from one process
 * to the next by more than what is to be measured.
 */
export function cell(app: string, path: string, found: readonly Duets[]): Cell {
  const bares = found.flatMap((each) => each.bares)
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
      cpuUs: median(bares.map((one) => one.cpuUs)),
      rssBytes: median(bares.map((one) => one.rssBytes)),
    },
    costs,
    noise: { kept: Math.abs(1 - again.kept), cpuUs: Math.abs(again.addedUs) },
  }
}

async function warmUp(servers: readonly ServerProcess[], path: string, options: TurnOptions): Promise<void> {
  let fewest = 0
  for (
    let seconds = 0;
    seconds < WARM_UP_SECONDS * servers.length && fewest < WARM_UP_REQUESTS;
    seconds += options.seconds
  ) {
    fewest += Math.min(...(await turns(servers, path, options)).map(({ requests }) => requests))
  }
}

type Comparison = Omit<Cost, 'name'>

function compare(mine: Turn, bare: Turn): Comparison {
  const isMainKnown = mine.mainCpuUs !== undefined && bare.mainCpuUs !== undefined
  return {
    kept: bare.cpuUs / mine.cpuUs,
    addedUs: mine.cpuUs - bare.cpuUs,
    addedMainUs: isMainKnown ? mine.mainCpuUs - bare.mainCpuUs : undefined,
    rssRatio: mine.rssBytes / bare.rssBytes,
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
