import { countsOf } from '../src/alerts/operations.ts'
import { alertDefaults, burnRatePolicy, defaultRoute, ratioPolicy } from '../src/alerts/options.ts'
import { simulate } from '../src/alerts/replay.ts'
import { AlertWatch } from '../src/alerts/watch.ts'
import { Window } from '../src/measure/window.ts'
import { defaultTarget } from '../src/targets/defaults.ts'
import { judge } from '../src/targets/judge.ts'
import type { Target } from '../src/targets/target.ts'
import type { Verdict } from '../src/targets/verdict.ts'
import { Random, traffic } from '../test/alerts/traffic.ts'
import { quantile } from './statistics.ts'
import { table } from './table.ts'

const USAGE = `node bench/alerts.ts [days] [steps]
What alerts cost, and how good they are; default 5 days and 200 steps.
1. 10 000 targets × 1 h of seconds through the state machine. 2. Days of normal traffic: false alarms.
3. Steps at random hours: how many are found, and how long after.
`
if (process.argv.includes('--help')) {
  process.stdout.write(USAGE)
  process.exit()
}

const START_MS = Date.UTC(2026, 0, 15)
const database = defaultTarget('database')!
const [days = 5, steps = 200] = process.argv.slice(2).map(Number)
const usual = { startMs: START_MS, perSecond: 10, medianMs: 10.3, limitMs: 25 }
const ratioOnly = { ...alertDefaults, routes: [defaultRoute('slack')] }
const both = { ...ratioOnly, policies: [ratioPolicy, burnRatePolicy] }

/** What a window says in which every operation took so long. */
function verdictAt(target: Target, durationMs: number): Verdict {
  const window = new Window('1min')
  window.add(countsOf([{ count: 600, outcome: 'ok', durationMs }], [25]), 0)
  return judge(target, window.view())
}

/** A verdict for each target and second: most are met, a part swings round the threshold, one second long apart. */
function stateMachine(count: number, seconds: number, swinging: number): readonly string[] {
  const targets = Array.from({ length: count }, (_, n): Target => ({ ...database, id: `database ${n}` }))
  const watch = new AlertWatch({ service: 'bench', targets, options: ratioOnly })
  const met = targets.map((target) => verdictAt(target, 10))
  const over = targets.slice(0, swinging).map((target) => verdictAt(target, 40))
  let events = 0
  let notices = 0
  const secondsMs: number[] = []
  for (let second = 1; second <= seconds; second++) {
    const atMs = START_MS + second * 1000
    // Swings in spells of 40 s, each target a little later than the one before.
    const verdicts = met.map((each, n) => (n < swinging && (second + n) % 80 < 40 ? over[n]! : each))
    const begun = performance.now()
    events += watch.step({ atMs, verdicts }).length
    for (const { said } of watch.due({ atMs })) {
      watch.book.apply(said)
      notices++
    }
    secondsMs.push(performance.now() - begun)
  }
  const sumMs = secondsMs.reduce((sum, ms) => sum + ms, 0)
  return [
    `${count} targets, ${swinging} swinging`,
    `${((sumMs * 1e6) / count / seconds).toFixed(0)} ns`,
    `${(sumMs / seconds).toFixed(2)} ms`,
    `${quantile(secondsMs, 0.99).toFixed(2)} ms`,
    String(events),
    String(notices),
  ]
}

function falseAlarms(): void {
  let fired = 0
  const begun = performance.now()
  for (let seed = 1; seed <= days; seed++) {
    const readings = traffic({ ...usual, seed, seconds: 24 * 3600 })
    const { events } = simulate({ targets: [database], options: both, readings })
    fired += events.filter(({ type }) => type === 'fired').length
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(0)
  console.log(`\n${days} days of normal traffic, both policies: ${fired} alerts fired (${seconds} s)`)
}

function delays(factor: number): readonly string[] {
  const random = new Random(99)
  const found: number[] = []
  const severities = { WARNING: 0, CRITICAL: 0 }
  for (let seed = 1; seed <= steps; seed++) {
    const second = 90
    const startMs = START_MS + Math.floor(random.uniform() * 86_400) * 1000
    const readings = traffic({ ...usual, startMs, seed, seconds: second + 1800, step: { second, factor } })
    for (const event of simulate({ targets: [database], options: ratioOnly, readings }).events) {
      if (event.type !== 'fired') continue
      found.push((event.atMs - startMs) / 1000 - second + 1)
      severities[event.severity]++
      break
    }
  }
  const at = (q: number): string => `${quantile(found, q).toFixed(0)} s`
  const fired = `${severities.WARNING} / ${severities.CRITICAL}`
  return [`× ${factor}`, `${found.length} of ${steps}`, at(0), at(0.5), at(0.9), at(0.99), at(1), fired]
}

console.log(
  table(
    ['state machine, 1 h', 'a target-second', 'a second', 'its p99', 'events', 'notices'],
    [stateMachine(10_000, 3600, 0), stateMachine(10_000, 3600, 100), stateMachine(500, 3600, 50)],
  ),
)
falseAlarms()
console.log(
  `\n${table(
    ['step', 'found', 'min', 'median', 'p90', 'p99', 'max', 'WARNING / CRITICAL'],
    [delays(2), delays(2.5), delays(4)],
  )}`,
)
