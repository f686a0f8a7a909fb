import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { type Contestant, interleave, type Standing } from './interleave.ts'
import { measured } from './package-part.ts'
import { bytesPerOperation } from './record/allocation.ts'
import { bareAwait, bareBucket, emptyLoop, twoClocks } from './record/floors.ts'
import { rivals } from './record/rivals.ts'
import * as yardstick from './record/yardstick.ts'
import { percent, table } from './table.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    'burst-ms': { type: 'string', default: '10' },
    quick: { type: 'boolean', default: false },
  },
})
const rounds = values.quick ? 7 : Number(values.rounds)
const burstMs = Number(values['burst-ms'])

const { boundChild, others } = await rivals()
yardstick.warmUp()

const contestants: readonly Contestant[] = [
  emptyLoop,
  yardstick.record,
  yardstick.recordByHandle,
  yardstick.recordByNames,
  ...(boundChild === undefined ? [] : [boundChild]),
  ...others,
  twoClocks,
  yardstick.timedFloor,
  yardstick.trackSync,
  yardstick.trackByNames,
  yardstick.startEnd,
  yardstick.trackInRequest,
  bareAwait,
  yardstick.trackAsync,
  yardstick.trackAsyncInRequest,
]
const { base, others: standings, noise } = await interleave(bareBucket, contestants, { rounds, burstMs })

const bytes = new Map<string, number>()
for (const contestant of [bareBucket, ...contestants]) bytes.set(contestant.name, await bytesPerOperation(contestant))

process.stdout.write(
  `Node ${process.version}, ${cpus()[0]?.model.trim()} × ${cpus().length}, Yardstick from ${measured}, ` +
    `${rounds} rounds of ${burstMs} ms bursts; A/A noise: median ${percent(noise.median)}, p90 ${percent(noise.p90)}\n\n`,
)
const row = ({ name, ns, ratio }: Standing): readonly string[] => [
  name,
  ns < 100 ? ns.toFixed(1) : ns.toFixed(0),
  ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0),
  bytes.get(name)!.toFixed(1),
]
process.stdout.write(`${table(['one operation', 'ns', '× bare', 'bytes'], [base, ...standings].map(row))}\n`)
