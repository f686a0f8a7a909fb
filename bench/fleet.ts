import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { PostgresServer } from '../test/servers/postgres.ts'
import { FLUSH_MS, SERIES } from './fleet/batches.ts'
import { cpuMs } from './fleet/database-usage.ts'

// What a fleet costs a PostgreSQL on this machine: `node bench/fleet.ts [instances …] [--seconds n]` (default 10 100 500
// 1000, 150 s each). A few processes save as that many instances of 100 series every 5 s, one reads and adds up as the
// lease-holder does. Everything runs on one machine; the database's own share is told apart by its processes.

const WARM_MS = 10_000
const INSTANCES_A_WRITER = 500
/** Goals: what an instance costs at 1 000, as a multiple of 100; how late a flush is merged at 500. */
const MOST_GROWTH = 1.3
const MOST_LAG_MS = 15_000

const args = process.argv.slice(2)
const at = args.indexOf('--seconds')
const lengthMs = (at === -1 ? 150 : Number(args[at + 1])) * 1_000
const sizes = args.slice(0, at === -1 ? args.length : at).map(Number)

interface Written {
  readonly saved: number
  readonly failed: number
  readonly tookMs: readonly number[]
}

interface Merged {
  readonly lagsMs: readonly number[]
  readonly gaps: number
  readonly polls: number
  readonly pollMs: number
  readonly cpuMs: number
  readonly instances: number
}

interface Work {
  readonly transactions: number
  readonly walBytes: number
}

function child(file: string, ...values: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), values)
}

async function told<T>(process: ChildProcess): Promise<T> {
  const [message] = (await Promise.race([
    once(process, 'message'),
    once(process, 'exit').then(([code]) =>
      Promise.reject(new Error(`a process of the fleet ended with ${code}`)),
    ),
  ])) as [T]
  return message
}

async function workOf(server: PostgresServer): Promise<Work> {
  const [row] = await server.query<{ transactions: string; wal: string }>(
    `SELECT sum(xact_commit)::text AS transactions, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text AS wal
     FROM pg_stat_database`,
  )
  return { transactions: Number(row!.transactions), walBytes: Number(row!.wal) }
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.floor(q * (sorted.length - 1))] ?? 0
const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b)

interface Cost {
  /** Of the database, ms of a core a second. */
  readonly cpuPerInstanceMs: number
  readonly lagP99Ms: number
}

async function run(instances: number): Promise<Cost> {
  const server = await PostgresServer.start({
    shared_buffers: '256MB',
    max_connections: '100',
    max_wal_size: '4GB',
  })
  try {
    const writers = Math.ceil(instances / INSTANCES_A_WRITER)
    const merging = told<Merged>(child('./fleet/holder.ts', server.url, String(lengthMs + FLUSH_MS)))
    const writing = Array.from({ length: writers }, () =>
      told<Written>(child('./fleet/writer.ts', server.url, String(instances / writers), String(lengthMs))),
    )
    await new Promise((resolve) => setTimeout(resolve, WARM_MS))
    const [before, beforeMs, cpuBefore] = [await workOf(server), performance.now(), cpuMs(server.pid)]
    const largest = watchSize(server)
    const written = await Promise.all(writing)
    const [after, cpuAfter] = [await workOf(server), cpuMs(server.pid)]
    const seconds = (performance.now() - beforeMs) / 1_000
    const merged = await merging
    const diskBytes = await largest()
    const saved = written.reduce((sum, each) => sum + each.saved, 0)
    const failed = written.reduce((sum, each) => sum + each.failed, 0)
    const lags = sorted(merged.lagsMs)
    const took = sorted(written.flatMap((each) => each.tookMs))
    const cpuShare = (cpuAfter - cpuBefore) / seconds / 1_000
    const perInstance = (cpuShare * 1_000) / instances
    const transactions = (after.transactions - before.transactions) / seconds
    console.log(
      [
        `${instances} instances × ${SERIES} series, ${(lengthMs / 1_000).toFixed(0)} s: saved ${saved}, failed ${failed}, merged ${lags.length}, gaps ${merged.gaps}`,
        `  ${(saved / (lengthMs / 1_000)).toFixed(1)} rows/s (${((saved * SERIES) / (lengthMs / 1_000)).toFixed(0)} series/s), ${transactions.toFixed(1)} transactions/s, ${(transactions / instances).toFixed(2)} a replica and second`,
        `  database: ${(cpuShare * 100).toFixed(1)} % of a core, ${perInstance.toFixed(3)} ms a second and instance; WAL ${((after.walBytes - before.walBytes) / seconds / 2 ** 20).toFixed(2)} MiB/s; tables at most ${(diskBytes / 2 ** 20).toFixed(0)} MiB`,
        `  a save takes p50 ${quantile(took, 0.5).toFixed(1)}, p99 ${quantile(took, 0.99).toFixed(1)} ms; from the end of a flush to its merge p50 ${quantile(lags, 0.5).toFixed(0)}, p99 ${quantile(lags, 0.99).toFixed(0)} ms`,
        `  holder: ${(merged.pollMs / merged.polls).toFixed(1)} ms a poll, ${((merged.cpuMs / (lengthMs + FLUSH_MS)) * 100).toFixed(1)} % of a core`,
      ].join('\n'),
    )
    return { cpuPerInstanceMs: perInstance, lagP99Ms: quantile(lags, 0.99) }
  } finally {
    await server.remove()
  }
}

/** Looks how large the tables are; the answer is the largest it saw. */
function watchSize(server: PostgresServer): () => Promise<number> {
  let largest = 0
  const look = async (): Promise<void> => {
    const [row] = await server.query<{ bytes: string }>(
      `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::text AS bytes FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'yardstick' AND c.relkind = 'r'`,
    )
    largest = Math.max(largest, Number(row!.bytes))
  }
  const timer = setInterval(() => look().catch(() => undefined), 5_000)
  return async () => {
    clearInterval(timer)
    await look()
    return largest
  }
}

const costs = new Map<number, Cost>()
for (const instances of sizes.length === 0 ? [10, 100, 500, 1_000] : sizes) {
  costs.set(instances, await run(instances))
}
const [few, half, many] = [costs.get(100), costs.get(500), costs.get(1_000)]
if (few !== undefined && many !== undefined) {
  const ratio = many.cpuPerInstanceMs / few.cpuPerInstanceMs
  console.log(`cost per instance, 100 to 1000: ${ratio.toFixed(2)}`)
  if (ratio > MOST_GROWTH) process.exitCode = 1
}
if (half !== undefined && half.lagP99Ms > MOST_LAG_MS) process.exitCode = 1
