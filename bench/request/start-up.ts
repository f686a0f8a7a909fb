import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, quantile } from '../statistics.ts'

const PROBE = fileURLToPath(new URL('./start-up-probe.cjs', import.meta.url))

/** What the preload costs once: CPU of the main thread, ms. */
export interface StartUp {
  readonly what: string
  readonly bareMs: number
  readonly addedMs: number
  /** Median difference between neighbouring bare starts. */
  readonly noiseMs: number
}

export interface StartUpOptions {
  readonly node: string
  readonly packageFolder: string
  readonly runs: number
}

/** Starts with and without the preload in turn: a program that ends at once, and a server that listens. */
export function startUps(options: StartUpOptions): readonly StartUp[] {
  return [
    startUp('up to the first tick', [], options),
    startUp("with a listening server and Yardstick's thread started", ['listen'], options),
  ]
}

function startUp(
  what: string,
  args: readonly string[],
  { node, packageFolder, runs }: StartUpOptions,
): StartUp {
  const preload = ['--require', `${packageFolder}/dist/register.cjs`]
  const bare: number[] = []
  const added: number[] = []
  const noise: number[] = []
  let before = start(node, [], args)
  for (let run = 0; run <= runs; run++) {
    const mine = start(node, preload, args)
    const after = start(node, [], args)
    // The first run reads the files from disk.
    if (run > 0) {
      bare.push(after)
      added.push(mine - (before + after) / 2)
      noise.push(Math.abs(after - before))
    }
    before = after
  }
  return { what, bareMs: median(bare), addedMs: median(added), noiseMs: quantile(noise, 0.5) }
}

function start(node: string, execArgv: readonly string[], args: readonly string[]): number {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-bench-'))
  const { stdout, stderr, status } = spawnSync(node, [...execArgv, PROBE, ...args], {
    cwd: directory,
    env: { ...process.env, YARDSTICK_PORT: '0' },
    encoding: 'utf8',
  })
  rmSync(directory, { recursive: true, force: true })
  if (status !== 0) throw new Error(`the start-up probe ended with ${status}: ${stderr}`)
  return Number(stdout)
}
