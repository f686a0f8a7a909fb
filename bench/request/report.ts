import { median } from '../statistics.ts'
import { percent, table } from '../table.ts'
import type { Cell, Cost } from './cell.ts'
import { FLOOR, MIDDLEWARE, ZERO_CODE } from './entrants.ts'
import { OPERATIONS, REAL } from './real.ts'
import type { StartUp } from './start-up.ts'

/** Requests a second kept, CPU added and memory, a row per entrant and a column per cell. */
export function tables(cells: readonly Cell[]): string {
  const titles = cells.map(({ app, path }) => `${app} ${path}`)
  const names = cells[0]!.costs.map(({ name }) => name)
  const rows = (show: (cost: Cost) => string): readonly (readonly string[])[] =>
    names.map((name) => [name, ...cells.map((cell) => show(cell.costs.find((cost) => cost.name === name)!))])
  return [
    table(
      ["requests a second of CPU answers, of the bare server's", ...titles],
      [
        ['bare', ...cells.map(({ bare }) => (1e6 / bare.cpuUs).toFixed(0))],
        ...rows(({ kept }) => percent(kept)),
      ],
    ),
    table(
      ['CPU added to a request, µs (main thread)', ...titles],
      [
        ['bare, CPU a request', ...cells.map(({ bare }) => bare.cpuUs.toFixed(1))],
        ...rows(({ addedUs, addedMainUs }) =>
          addedMainUs === undefined
            ? addedUs.toFixed(1)
            : `${addedUs.toFixed(1)} (${addedMainUs.toFixed(1)})`,
        ),
      ],
    ),
    ...nanoseconds(cells),
    table(
      ['memory (RSS), × bare', ...titles],
      [
        ['bare, MB', ...cells.map(({ bare }) => (bare.rssBytes / 1e6).toFixed(0))],
        ...rows(({ rssRatio }) => rssRatio.toFixed(2)),
      ],
    ),
  ].join('\n\n')
}

/** What one of the operations of `/real` costs, in the cells that have it. */
function nanoseconds(cells: readonly Cell[]): readonly string[] {
  const real = cells.filter(({ path }) => path === REAL)
  if (real.length === 0) return []
  const each = (us: number): string => ((us / OPERATIONS) * 1000).toFixed(0)
  return [
    table(
      [`CPU added to one of ${OPERATIONS} operations, ns`, ...real.map(({ app, path }) => `${app} ${path}`)],
      [
        ...real[0]!.costs.map(({ name }) => [
          name,
          ...real.map(({ costs }) => each(costs.find((cost) => cost.name === name)!.addedUs)),
        ]),
      ],
    ),
  ]
}

export function startUpTable(startUps: readonly StartUp[]): string {
  return table(
    ['start-up, CPU of the main thread, ms', 'bare', 'added', 'A/A noise'],
    startUps.map(({ name, what, bareMs, addedMs, noiseMs }) => [
      `${name}, ${what}`,
      bareMs.toFixed(1),
      addedMs.toFixed(1),
      noiseMs.toFixed(1),
    ]),
  )
}

const KEPT = 0.9

/**
 * What is missed beyond the noise, which is the median of all cells', for in one it may be next to nothing by luck: in a
 * cell, requests/s under min(90 % of bare, the floor by hand); over all cells, a median of added CPU over what this
 * version of Node allows. That is for the request itself and what it records by hand: `/real` is judged by the requests
 * it keeps.
 */
export function misses(cells: readonly Cell[], mostAddedUs: number): readonly string[] {
  const withoutDrivers = cells.filter(({ path }) => path !== REAL)
  return [ZERO_CODE, MIDDLEWARE].flatMap((name) => [
    ...slowCells(cells, name),
    ...costly(withoutDrivers, name, mostAddedUs),
  ])
}

const MOST_START_UP_MS = 25

export function slowStarts(startUps: readonly StartUp[]): readonly string[] {
  return startUps
    .filter(
      ({ name, judged, addedMs, noiseMs }) =>
        judged && name === ZERO_CODE && addedMs > MOST_START_UP_MS + noiseMs,
    )
    .map(
      ({ what, addedMs }) => `start-up ${what}: adds ${addedMs.toFixed(1)} ms, at most ${MOST_START_UP_MS}`,
    )
}

function slowCells(cells: readonly Cell[], name: string): readonly string[] {
  const noise = median(cells.map((cell) => cell.noise.kept))
  return cells.flatMap(({ app, path, costs }) => {
    const floor = costs.find((cost) => cost.name === FLOOR)?.kept ?? 1
    const kept = costs.find((cost) => cost.name === name)?.kept
    const least = Math.min(KEPT, floor) - noise
    if (kept === undefined || kept >= least) return []
    return [`${name}, ${app} ${path}: keeps ${percent(kept)} of the requests, at least ${percent(least)}`]
  })
}

function costly(cells: readonly Cell[], name: string, mostAddedUs: number): readonly string[] {
  const added = cells.flatMap(({ costs }) => costs.find((cost) => cost.name === name)?.addedUs ?? [])
  const most = mostAddedUs + median(cells.map(({ noise }) => noise.cpuUs))
  if (added.length === 0 || median(added) <= most) return []
  return [
    `${name}: adds ${median(added).toFixed(1)} µs CPU to a request (median of the cells), at most ${most.toFixed(1)}`,
  ]
}
