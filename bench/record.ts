import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { interleave, type Standing } from './interleave.ts'
import { measured } from './package-part.ts'
import { allocations } from './record/allocation.ts'
import { field } from './record/contestants.ts'
import { outcomes } from './record/goals.ts'
import { percent, table } from './table.ts'

const USAGE = `node bench/record.ts [--rounds 25] [--burst-ms 10] [--quick]
What one record and one timed operation cost, beside floors and rivals. Exit code 1 when a ratio goal is missed.
`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    'burst-ms': { type: 'string', default: '10' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(USAGE)
  process.exit()
}
const rounds = values.quick ? 7 : Number(values.rounds)
const burstMs = Number(values['burst-ms'])

const bytes = await allocations()
const { base, others } = await field()
const standings = await interleave(base, others, { rounds, burstMs })
const found = outcomes(standings, bytes)

const { median, p90 } = standings.noise
const row = ({ name, ns, ratio }: Standing): readonly string[] => [
  name,
  ns < 100 ? ns.toFixed(1) : ns.toFixed(0),
  ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0),
  bytes[name]?.toFixed(0) ?? '',
]
process.stdout.write(
  `Node ${process.version}, ${cpus()[0]?.model.trim()} × ${cpus().length}, Yardstick from ${measured}; ` +
    `${rounds} rounds of ${burstMs} ms bursts, A/A noise: median ${percent(median)}, p90 ${percent(p90)}\n\n` +
    `${table(['one operation', 'ns', '× bare', 'bytes'], [standings.base, ...standings.others].map(row))}\n\n` +
    `${table(
      ['goal', 'found', ''],
      found.map(({ goal, found: value, state }) => [goal, value, state]),
    )}\n`,
)
if (found.some(({ kind, state }) => kind === 'ratio' && state === 'missed')) process.exitCode = 1
