import { fork } from 'node:child_process'
import { on } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Sample } from './memory/day-worker.ts'
import { live } from './memory/live.ts'
import type { Kind, Said } from './memory/process.ts'
import { measured } from './package-part.ts'
import { median, slope } from './statistics.ts'
import { table } from './table.ts'

const USAGE = `node bench/memory.ts [--series 200] [--days 2] [--step-s 15] [--operations 3] [--tries 3]
Memory of a service after simulated days under Yardstick, apart: an empty thread with the libraries, the engine.
Time passes 15 s at a step, and 1 s at a step before each sample (one an hour); --step-s 1 takes an hour a day and
more. Passed so fast, garbage is collected too rarely: each sample is taken before and after a full collection in the
engine's thread. What counts is a service that reads a day back and goes on at its own pace, --tries of them, none
collected by us. Exit code 1 when over 90 MB are added in the median, or memory goes on growing.
`

const { values } = parseArgs({
  options: {
    series: { type: 'string', default: '200' },
    days: { type: 'string', default: '2' },
    'step-s': { type: 'string', default: '15' },
    operations: { type: 'string', default: '3' },
    tries: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(USAGE)
  process.exit()
}

const MB = 2 ** 20
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MOST_ADDED_MB = 90
/** Growth a day that nobody would call a leak; what is within two standard errors is noise. */
const MOST_GROWTH_MB = 1

const series = Number(values.series)
const days = Number(values.days)
const coarseStepMs = Number(values['step-s']) * 1000
const operationsEach = Number(values.operations)
const tries = Number(values.tries)

const bare: number[] = []
const thread: number[] = []
for (let i = 0; i < tries; i++) {
  bare.push(await rss({ kind: 'bare' }))
  thread.push(await rss({ kind: 'empty thread' }))
}
const samples: Sample[] = []
for await (const said of told({
  kind: 'days',
  series,
  days,
  coarseStepMs,
  sampleMs: HOUR_MS,
  operationsEach,
})) {
  if ('sample' in said) samples.push(said.sample)
}

const bareBytes = median(bare)
const first = samples[0]!
const dayOne = samples.find(({ simulatedMs }) => simulatedMs >= DAY_MS)!
// From the second day on nothing new comes in: every window is full.
const after = samples.filter(({ simulatedMs }) => simulatedMs >= DAY_MS)
const growth = slope(after.map((one) => [one.simulatedMs, one.heapBytes]))
const growthMb = (growth.perX * DAY_MS) / MB
const errorMb = (growth.standardError * DAY_MS) / MB
const added: number[] = []
for (let i = 0; i < tries; i++) {
  const { rssBytes, bareBytes } = await live(series)
  added.push((rssBytes - bareBytes) / MB)
}
const addedMb = median(added)
const mb = (bytes: number): string => (bytes / MB).toFixed(1)

process.stdout.write(
  `Node ${process.version}, Yardstick from ${measured}; ${series} series, ${days} simulated days in steps of ` +
    `${coarseStepMs / 1000} and 1 s, ${operationsEach} operations each a step\n\n` +
    `${table(
      ['memory, MB', 'RSS', 'over bare', 'collected, over bare', "engine's heap"],
      [
        ['bare service', mb(bareBytes), '', '', ''],
        [
          'with an empty thread, node:sqlite, node:http',
          mb(median(thread)),
          mb(median(thread) - bareBytes),
          '',
          '',
        ],
        ...(
          [
            ['with the engine, nothing recorded yet', first],
            ['after one day, simulated as fast as it goes', dayOne],
            [`after ${days} days`, samples.at(-1)!],
          ] as const
        ).map(([name, { rssBytes, rssCollectedBytes, heapBytes }]) => [
          name,
          mb(rssBytes),
          mb(rssBytes - bareBytes),
          mb(rssCollectedBytes - bareBytes),
          mb(heapBytes),
        ]),
      ],
    )}\n\n` +
    `growth of the heap after the first day: ${growthMb.toFixed(2)} ± ${errorMb.toFixed(2)} MB a day\n` +
    `a day read back, then at its own pace: ${added.map((one) => one.toFixed(1)).join(', ')} MB over bare\n`,
)
if (addedMb > MOST_ADDED_MB)
  fail(`${addedMb.toFixed(1)} MB over bare with a day in its windows, at most ${MOST_ADDED_MB}`)
if (growthMb - 2 * errorMb > MOST_GROWTH_MB) fail(`the heap grows by ${growthMb.toFixed(2)} MB a day`)

function fail(why: string): void {
  process.stdout.write(`missed: ${why}\n`)
  process.exitCode = 1
}

async function rss(kind: Kind): Promise<number> {
  for await (const said of told(kind)) if ('rssBytes' in said) return said.rssBytes
  throw new Error('the process ended without a word')
}

async function* told(kind: Kind): AsyncGenerator<Said> {
  const child = fork(fileURLToPath(new URL('./memory/process.ts', import.meta.url)), [JSON.stringify(kind)])
  try {
    for await (const [said] of on(child, 'message', { close: ['exit'] }) as AsyncIterable<[Said]>) {
      if ('done' in said) return
      yield said
    }
  } finally {
    child.kill()
  }
}
