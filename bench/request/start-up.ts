import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, quantile } from '../statistics.ts'
import type { Entrant } from './entrant.ts'
import { BARE, ZERO_CODE } from './entrants.ts'

const PROBE = fileURLToPath(new URL('./start-up-probe.cjs', import.meta.url))

/** By then Yardstick's thread has started: it takes a quarter of a second. What it costs to run counts apart. */
const STARTED_MS = 500

/** What a preload costs, once or a second: CPU of the main thread, ms. */
export interface StartUp {
  readonly name: string
  readonly what: string
  /** Whether the goal is for this. */
  readonly judged: boolean
  readonly bareMs: number
  readonly addedMs: number
  /** Median difference between neighbouring bare starts. */
  readonly noiseMs: number
}

export interface StartUpOptions {
  readonly node: string
  readonly runs: number
}

interface Starting {
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

interface Probe extends Starting {
  readonly what: string
  readonly judged: boolean
}

const FIRST_TICK: Probe = { what: 'up to the first tick', judged: true, args: [] }
const LISTEN = ['listen', '0', String(STARTED_MS)]
const LISTENING: readonly Probe[] = [
  { what: "with a listening server and Yardstick's thread started", judged: true, args: LISTEN },
  {
    what: 'the same at the first start, where nothing compiled is kept',
    judged: false,
    args: LISTEN,
    environment: { NODE_DISABLE_COMPILE_CACHE: '1' },
  },
  {
    what: 'an idle second after that',
    judged: false,
    args: ['listen', String(STARTED_MS), String(STARTED_MS + 1000)],
  },
]

/** By then Yardstick has kept what was compiled of it. */
const KEEPING: Starting = { args: ['listen', '0', '2000'] }

/**
 * Starts with and without each preload in turn: a program that ends at once, and with Yardstick, whose thread starts
 * with it, a server that listens.
 */
export function startUps(field: readonly Entrant[], options: StartUpOptions): readonly StartUp[] {
  return field.flatMap((entrant) => {
    start(options.node, entrant, KEEPING)
    const probes = [FIRST_TICK, ...(entrant.name === ZERO_CODE ? LISTENING : [])]
    return probes.map((probe) => startUp(probe, entrant, options))
  })
}

function startUp(probe: Probe, entrant: Entrant, { node, runs }: StartUpOptions): StartUp {
  const bare: number[] = []
  const added: number[] = []
  const noise: number[] = []
  let before = start(node, BARE, probe)
  for (let run = 0; run <= runs; run++) {
    const mine = start(node, entrant, probe)
    const after = start(node, BARE, probe)
    // The first run reads the files from disk.
    if (run > 0) {
      bare.push(after)
      added.push(mine - (before + after) / 2)
      noise.push(Math.abs(after - before))
    }
    before = after
  }
  return {
    ...{ name: entrant.name, what: probe.what, judged: probe.judged },
    bareMs: median(bare),
    addedMs: median(added),
    noiseMs: quantile(noise, 0.5),
  }
}

function start(node: string, { execArgv, environment }: Entrant, starting: Starting): number {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-bench-'))
  const { stdout, stderr, status } = spawnSync(node, [...execArgv, PROBE, ...starting.args], {
    cwd: directory,
    env: { ...process.env, ...environment, ...starting.environment },
    encoding: 'utf8',
  })
  rmSync(directory, { recursive: true, force: true })
  if (status !== 0) throw new Error(`the start-up probe ended with ${status}: ${stderr}`)
  return Number(stdout)
}
