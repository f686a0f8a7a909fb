import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { countsOf, plain } from '../../contracts/store/figures.ts'
import { random } from '../../examples/shop/random.ts'
import { Counts } from '../../src/measure/counts.ts'
import { inspectStore } from '../../src/stores/inspect.ts'
import type { BuiltInSpec } from '../../src/stores/open.ts'
import { ask, folder, type Metrics } from '../e2e/application.ts'
import { noPostgres, PostgresServer } from '../servers/postgres.ts'
import { durationMs, isFailed, LoggingProcess } from './logging-process.ts'

// A failure is found again by its choices: YARDSTICK_SEED=… node --test test/chaos/fleet.test.ts
const SEED = Number(process.env.YARDSTICK_SEED ?? Math.floor(Math.random() * 2 ** 31))
const PROCESSES = 8
const SERVICE = 'shop'
const PATIENCE = 600

interface Fleet {
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
  readonly store: BuiltInSpec
  readonly cyclesAFlush: number
  readonly kills: number
  /** At least so many of them are of lease-holders. */
  readonly holders: number
  /** What else befalls the fleet, between two kills. */
  readonly between?: (left: number, roll: () => number) => Promise<void>
}

/** Kills processes at random, the one that holds the lease above all, and afterwards counts what is there. */
async function survives(t: TestContext, fleet: Fleet): Promise<void> {
  t.diagnostic(`seed ${SEED}`)
  const roll = random(SEED)
  const all: LoggingProcess[] = []
  let alive: LoggingProcess[] = []
  const start = (): void => {
    const one = new LoggingProcess({ ...fleet, name: `process ${all.length}` })
    all.push(one)
    alive.push(one)
  }
  t.after(() => Promise.all(alive.map((one) => one.kill())))
  for (let n = 0; n < PROCESSES; n++) start()
  let holders = 0
  for (let left = fleet.kills; left > 0; left--) {
    await fleet.between?.(left, roll)
    const victim = await chosen(() => alive, { roll, holder: left <= fleet.holders - holders })
    if (victim.holds) holders++
    await pause(roll() * 200)
    alive = alive.filter((one) => one !== victim)
    await victim.kill()
    start()
  }
  const dead = all.filter((one) => !alive.includes(one))
  assert.equal(dead.length, fleet.kills)

  const recorded = new Map<string, number>()
  for (const one of alive) recorded.set(one.name, await one.end())
  const found = await sameAnswer(alive, recorded)
  let lost = 0
  for (const { name, begun, safe, stderr } of dead) {
    const n = found.get(name) ?? 0
    assert.ok(
      n >= safe,
      `${name}: ${safe} of its operations were older than a flush, ${n} are there\n${stderr}`,
    )
    assert.ok(n <= begun, `${name}: it recorded ${begun} operations at most, ${n} are there`)
    lost += begun - n
  }
  await Promise.all(alive.map((one) => one.kill()))
  alive = []
  await isInStore(fleet, found)

  const safe = dead.reduce((sum, one) => sum + one.safe, 0)
  t.diagnostic(
    `${fleet.kills} killed, ${holders} of them holders; of ${[...found.values()].reduce((a, b) => a + b, 0)} operations ` +
      `found, the killed had ${safe} that were older than a flush; ${lost} younger ones went with them`,
  )
  assert.ok(holders >= fleet.holders)
  assert.ok(dead.filter((one) => one.safe > 0).length >= fleet.kills / 2, 'most lived long enough to save')
}

/** The holder, most times when there is one; every fourth time anybody, else one that has saved something. */
async function chosen(
  alive: () => readonly LoggingProcess[],
  { roll, holder }: { readonly roll: () => number; readonly holder: boolean },
): Promise<LoggingProcess> {
  const [aim, which] = [roll(), roll()]
  for (let tries = 0; tries < PATIENCE; tries++) {
    const holding = alive().find(({ holds }) => holds)
    if (holding !== undefined && (holder || aim < 2 / 3)) return holding
    const fit = aim > 3 / 4 ? alive() : alive().filter(({ safe }) => safe > 0)
    if (fit.length > 0 && !holder) return fit[Math.floor(which * fit.length)]!
    await pause(100)
  }
  throw new Error(`nobody saves anything any more\n${alive().at(-1)!.stderr}`)
}

/** What every process of the fleet answers once all that is recorded has arrived: operations by name of the process. */
async function sameAnswer(
  alive: readonly LoggingProcess[],
  recorded: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  const ports = await Promise.all(alive.map((one) => one.port()))
  let answers: readonly Metrics[] = []
  for (let tries = 0; tries < PATIENCE; tries++) {
    answers = await Promise.all(
      ports.map(async (port) =>
        JSON.parse((await ask(`${port}/api/v1/performance/metrics?window=1hour`)).body),
      ),
    )
    if (answers.every((answer) => isWhole(answer, recorded))) break
    await pause(200)
  }
  const [first, ...others] = answers.map(withoutRates)
  for (const [n, { coverage }] of answers.entries()) assert.equal(coverage, 'service', ports[n])
  for (const other of others) assert.deepEqual(other, first)
  const found = new Map(answers[0]!.metrics_by_type.database!.series.map(({ name, n }) => [name, n]))
  for (const [name, n] of recorded) assert.equal(found.get(name), n, name)
  for (const one of answers[0]!.metrics_by_type.database!.series) {
    const { ok, failed, sumMs } = logOf(one.n)
    assert.deepEqual([one.ok, one.failed, one.sum_ms], [ok, failed, sumMs], one.name)
  }
  return found
}

function isWhole({ coverage, metrics_by_type }: Metrics, recorded: ReadonlyMap<string, number>): boolean {
  const found = new Map(metrics_by_type.database?.series.map(({ name, n }) => [name, n]))
  return coverage === 'service' && [...recorded].every(([name, n]) => found.get(name) === n)
}

/** Rates are of the time that passed. */
function withoutRates({ metrics_by_type }: Metrics): unknown {
  const bare = (one: object) => ({ ...one, rate_per_second: undefined })
  const { database } = metrics_by_type
  return { ...bare(database!), series: database!.series.map(bare) }
}

/** The store holds the beginning of each log, of the length that was answered: no part is missing, none is there twice. */
async function isInStore({ store, directory }: Fleet, found: ReadonlyMap<string, number>): Promise<void> {
  const inspector = await inspectStore(store, directory)
  try {
    for await (const { where, error } of inspector.verify()) assert.fail(`${where}: ${error.message}`)
    const sums = new Map<string, Counts>()
    const ever = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }
    for await (const { slices } of inspector.slices(SERVICE, ever)) {
      for (const { component, name, counts } of slices) {
        // Not what the processes are like to run in.
        if (component !== 'database') continue
        const sum = sums.get(name) ?? new Counts()
        sum.add(counts)
        sums.set(name, sum)
      }
    }
    assert.deepEqual([...sums.keys()].sort(), [...found.keys()].sort())
    for (const [name, sum] of sums) assert.deepEqual(buckets(sum), buckets(logOf(found.get(name)!)), name)
  } finally {
    await inspector.close()
  }
}

/** The first operations of a log. */
function logOf(length: number): Counts {
  const places = Array.from({ length }, (_, at) => at)
  return countsOf({
    okMs: places.filter((at) => !isFailed(at)).map(durationMs),
    failedMs: places.filter(isFailed).map(durationMs),
  })
}

/** Limits come with the targets, not with the log. */
function buckets(counts: Counts): unknown {
  return { ...(plain(counts) as object), goods: undefined }
}

test('140 processes that share a SQLite file are killed: nothing older than a flush is lost, nothing is there twice', async (t) => {
  const directory = folder()
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  await survives(t, {
    directory,
    env: { YARDSTICK_SERVICE: SERVICE },
    store: { kind: 'sqlite', options: {} },
    cyclesAFlush: 1,
    kills: 140,
    holders: 10,
  })
})

test('60 processes on PostgreSQL are killed, and PostgreSQL stops 10 times: the same', {
  skip: noPostgres,
}, async (t) => {
  // One that forgets nothing in a crash; half of its stops are crashes.
  const server = await PostgresServer.start({ max_connections: '100', shared_buffers: '64MB' })
  t.after(() => server.remove())
  const directory = folder()
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  await survives(t, {
    directory,
    env: { YARDSTICK_SERVICE: SERVICE, YARDSTICK_STORE: server.url },
    store: { kind: 'postgres', options: { url: server.url } },
    cyclesAFlush: 5,
    kills: 60,
    holders: 4,
    between: async (left, roll) => {
      if (left % 6 !== 3) return
      await server.stop(roll() < 0.5 ? 'fast' : 'immediate')
      await pause(roll() * 500)
      await server.start()
    },
  })
})
