import { median } from '../statistics.ts'
import type { Duet } from './duet.ts'
import { AGAIN } from './entrants.ts'

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

/** The cell that the duets of each entrant come to. */
export function cell(app: string, path: string, duets: ReadonlyMap<string, readonly Duet[]>): Cell {
  const bares = [...duets.values()].flat().map(({ bare }) => bare)
  const costs = [...duets].map(([name, its]) => cost(name, its))
  const again = costs.find(({ name }) => name === AGAIN.name)!
  return {
    app,
    path,
    bare: {
      cpuUs: median(bares.map(({ cpuUs }) => cpuUs)),
      rssBytes: median(bares.map(({ rssBytes }) => rssBytes)),
    },
    costs,
    noise: { kept: Math.abs(1 - again.kept), cpuUs: Math.abs(again.addedUs) },
  }
}

function cost(name: string, duets: readonly Duet[]): Cost {
  const main = duets.flatMap(({ bare, other }) =>
    bare.mainCpuUs === undefined || other.mainCpuUs === undefined ? [] : other.mainCpuUs - bare.mainCpuUs,
  )
  return {
    name,
    kept: median(duets.map(({ bare, other }) => bare.cpuUs / other.cpuUs)),
    addedUs: median(duets.map(({ bare, other }) => other.cpuUs - bare.cpuUs)),
    addedMainUs: main.length === 0 ? undefined : median(main),
    rssRatio: median(duets.map(({ bare, other }) => other.rssBytes / bare.rssBytes)),
  }
}
