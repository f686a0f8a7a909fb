import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CAN_PIN, pinSelf } from './pinned.ts'
import { openBackends } from './request/backends.ts'
import { type Cell, cell } from './request/cell.ts'
import { type Duet, Pair } from './request/duet.ts'
import type { Entrant } from './request/entrant.ts'
import { AGAIN, entrants } from './request/entrants.ts'
import { GENERATOR } from './request/load.ts'
import { REAL } from './request/real.ts'
import { misses, slowStarts, startUpTable, tables } from './request/report.ts'
import { openSink } from './request/sink.ts'
import { startUps } from './request/start-up.ts'

const USAGE = `node bench/request.ts [options]
What measuring adds to one HTTP request: bare server, floor by hand, Yardstick, its rivals.

  --apps http,fastify,express   which applications
  --paths /hello,/db3           which handlers; /real calls PostgreSQL and Redis, which must be installed
  --entrants floor,Yardstick,prom-client,OpenTelemetry
                                those whose names contain one of these; also dd-trace, elastic, newrelic, sentry
  --processes 5                 how many of each server, one after the other, each with a bare one beside it
  --duets 2                     how often these two are under load
  --seconds 5                   and how long
  --quick                       one process of each server, 10 start-ups
  --node path                   the Node that runs the servers (default: this one)
  --package path                where Yardstick was built (default: this checkout)
  --server-cpu 0 --load-cpu 1   which cores
  --start-ups 30                how often to start; 0 leaves it out
  --json                        the figures as JSON as well
Exit code 1 when a goal is missed by more than the noise of the run.
`

const { values } = parseArgs({
  options: {
    apps: { type: 'string', default: 'http,fastify,express' },
    paths: { type: 'string', default: '/hello,/db3' },
    entrants: { type: 'string', default: 'floor,Yardstick,prom-client,OpenTelemetry' },
    processes: { type: 'string', default: '5' },
    duets: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    node: { type: 'string', default: process.execPath },
    package: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
    'server-cpu': { type: 'string', default: '0' },
    'load-cpu': { type: 'string', default: '1' },
    'start-ups': { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(USAGE)
  process.exit()
}

const { node } = values
const packageFolder = values.package.replace(/\/$/, '')
const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
const serverCpu = Number(values['server-cpu'])
const processes = values.quick ? 1 : Number(values.processes)
const seconds = Number(values.seconds)
const duets = Number(values.duets)
const options = { seconds, loadCpu: Number(values['load-cpu']) }
const paths = values.paths.split(',')
// Here are the collector and, as this process's children, the databases: nothing of theirs shall run beside the servers.
pinSelf(options.loadCpu)
const sink = await openSink()
const known = entrants(packageFolder, sink)
const wanted = values.entrants.split(',')
const field = known.filter(({ name }) => wanted.some((part) => name.includes(part)))
for (const part of wanted) {
  if (field.some(({ name }) => name.includes(part))) continue
  throw new Error(`no entrant is called "${part}": there are ${known.map(({ name }) => name).join(', ')}`)
}

process.stdout.write(
  `Node ${version}, load by ${GENERATOR}, ${processes} × ${duets} duets of ${seconds} s, ` +
    `servers and load ${CAN_PIN ? 'on a core each' : 'not pinned: no taskset here'}\n\n`,
)

const runs = values.quick ? Math.min(10, Number(values['start-ups'])) : Number(values['start-ups'])
const preloads = field.filter(({ execArgv }) => execArgv.length > 0)
const starts = runs === 0 ? [] : startUps(preloads, { node, runs })
if (starts.length > 0) process.stdout.write(`${startUpTable(starts)}\n\n`)

const backends = paths.includes(REAL) ? await openBackends() : undefined
const cells: Cell[] = []
try {
  for (const app of values.apps.split(',')) cells.push(...(await cellsOf(app)))
} finally {
  await backends?.close()
  sink.close()
}
process.stdout.write(`${tables(cells)}\n`)
if (values.json) process.stdout.write(`\n${JSON.stringify({ node: version, starts, cells })}\n`)

// Node 22 follows asynchronous calls with hooks: every await costs there.
const missed = [...slowStarts(starts), ...misses(cells, version.startsWith('v22.') ? 6 : 2.5)]
for (const miss of missed) process.stdout.write(`\nmissed: ${miss}`)
if (missed.length > 0) {
  process.stdout.write('\n')
  process.exitCode = 1
}

/** Again and again with new processes: what V8 compiles, and when, differs by more than what is to be measured. */
async function cellsOf(app: string): Promise<readonly Cell[]> {
  const done = new Map(paths.map((path) => [path, new Map<string, Duet[]>()]))
  for (let i = 0; i < processes; i++) {
    for (const entrant of [AGAIN, ...field]) await play(app, entrant, done)
  }
  return [...done].map(([path, found]) => cell(app, path, found))
}

async function play(
  app: string,
  entrant: Entrant,
  done: ReadonlyMap<string, Map<string, Duet[]>>,
): Promise<void> {
  const environment = backends?.environment ?? {}
  const pair = await Pair.start(app, entrant, { node, cpu: serverCpu, packageFolder, environment }).catch(
    (error: unknown) => {
      if (entrant === AGAIN) throw error
      process.stderr.write(`${entrant.name} is left out on ${app}: ${String(error)}\n`)
    },
  )
  if (pair === undefined) return
  try {
    for (const [path, found] of done) {
      await pair.warmUp(path, options)
      const its = found.get(entrant.name) ?? []
      for (let i = 0; i < duets; i++) its.push(await pair.duet(path, options))
      found.set(entrant.name, its)
    }
  } finally {
    await pair.stop()
  }
}
