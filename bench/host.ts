import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fill } from './host/fill.ts'
import { HostProcess } from './host/host-process.ts'
import type { Delay } from './host/service.ts'
import { measured, part } from './package-part.ts'
import { median, quantile } from './statistics.ts'
import { table } from './table.ts'

const USAGE = `node bench/host.ts [--series 500] [--rounds 8] [--seconds 5] [--node path] [--saving] [--quick]
Event-loop delay of a host with and without Yardstick, whose windows hold a full day of every series and which saves
all of them every second. One run, interleaved; the host that does not have its turn stands still. Exit code 1 when p99
differs beyond the noise.
  --saving  the other host has Yardstick too, but keeps its figures in memory: what saving alone (and the day) adds
`

const { values } = parseArgs({
  options: {
    series: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '5' },
    node: { type: 'string', default: process.execPath },
    saving: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(USAGE)
  process.exit()
}

const SERVICE = 'bench-host'
const series = Number(values.series)
const rounds = values.quick ? 3 : Number(values.rounds)
const seconds = values.quick ? 2 : Number(values.seconds)
const index = new URL(measured === 'dist' ? '../dist/index.js' : '../src/index.ts', import.meta.url)
const directory = mkdtempSync(join(tmpdir(), 'yardstick-bench-'))
const hosts: HostProcess[] = []
try {
  await run()
} finally {
  for (const host of hosts) await host.stop()
  rmSync(directory, { recursive: true, force: true })
}

async function run(): Promise<void> {
  const operations = await fill(directory, SERVICE, series)
  const options = { node: values.node, directory, service: SERVICE, series }
  const yardstick = fileURLToPath(index)
  const bare = await HostProcess.start({
    ...options,
    ...(values.saving ? { index: yardstick, store: 'memory' } : {}),
  })
  hosts.push(bare)
  const measuredHost = await HostProcess.start({ ...options, index: yardstick, operations })
  hosts.push(measuredHost)
  const savedBefore = await flushesSaved()

  const without: Delay[] = []
  const with_: Delay[] = []
  const added: number[] = []
  const noise: number[] = []
  let before = await bare.turn(seconds)
  for (let round = 0; round <= rounds; round++) {
    const mine = await measuredHost.turn(seconds)
    const after = await bare.turn(seconds)
    if (round > 0) {
      without.push(after)
      with_.push(mine)
      added.push(mine.p99Ms - (before.p99Ms + after.p99Ms) / 2)
      noise.push(Math.abs(after.p99Ms - before.p99Ms))
    }
    before = after
  }
  const row = (name: string, delays: readonly Delay[]): readonly string[] => [
    name,
    ...(
      [(one) => one.p50Ms, (one) => one.p99Ms, (one) => one.maxMs] as const satisfies ((
        one: Delay,
      ) => number)[]
    ).map((of: (one: Delay) => number) => median(delays.map(of)).toFixed(2)),
  ]
  const saved = (await flushesSaved()) - savedBefore
  const addedMs = median(added)
  const noiseMs = quantile(noise, 0.9)
  process.stdout.write(
    `Node ${process.version}, Yardstick from ${measured}; ${series} series, ${operations} operations in the day read back, ` +
      `${rounds} rounds of ${seconds} s\n\n` +
      `${table(
        ['event-loop delay, ms', 'p50', 'p99', 'longest'],
        values.saving
          ? [row('nothing saved', without), row(`${series} series saved a second`, with_)]
          : [row('without', without), row('with Yardstick', with_)],
      )}\n\n` +
      `${saved} flushes of ${series} series were saved in ${(rounds + 1) * seconds} s of turns and the time between\n` +
      `p99 added: ${addedMs.toFixed(2)} ms; A/A noise: median ${median(noise).toFixed(2)}, p90 ${noiseMs.toFixed(2)} ms\n`,
  )
  if (addedMs > noiseMs) {
    process.stdout.write('missed: the difference is more than the noise\n')
    process.exitCode = 1
  }
}

/** None of them is folded before ten minutes have passed. */
async function flushesSaved(): Promise<number> {
  const { inspectStore } = await part('stores/inspect')
  const inspector = await inspectStore({ kind: 'sqlite', options: {} }, directory)
  const { tiers } = await inspector.info()
  await inspector.close()
  return tiers[0]!.rows
}
