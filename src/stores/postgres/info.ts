import type { InstanceInfo, StoreInfo, TierInfo } from '../kept.ts'
import { openPresence } from '../presence.ts'
import { TIERS_MS } from '../tiers.ts'
import { readable } from '../written.ts'
import type { Transaction } from './database.ts'
import { FLUSH_MS } from './flushes.ts'
import { MIGRATIONS } from './schema.ts'

interface InstanceRow {
  readonly service: string
  readonly instance: string
  readonly seen_ms: number
  readonly presence: Uint8Array | null
}

/** What a schema holds; in a transaction of one instant. */
export async function schemaInfo(
  tx: Transaction,
  of: { readonly place: string; readonly schema: string; readonly version: number },
): Promise<StoreInfo> {
  const kept = of.version > 0
  const [size] = await tx.rows<{ bytes: string }>(
    `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::text AS bytes
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'`,
    [of.schema],
  )
  return {
    kind: 'postgres',
    place: of.place,
    bytes: Number(size!.bytes),
    schema: of.version,
    newestSchema: MIGRATIONS.length,
    services: kept ? await servicesOf(tx) : [],
    tiers: kept ? await tiersOf(tx) : [],
    events: kept ? await count(tx, 'events') : 0,
    claims: kept ? await count(tx, 'claims') : 0,
    instances: kept ? await instancesOf(tx) : [],
    leases: kept ? await leasesOf(tx) : [],
  }
}

export async function servicesOf(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx.rows<{ service: string }>(
    `SELECT service FROM instances UNION SELECT service FROM cells UNION SELECT service FROM events
     UNION SELECT service FROM claims ORDER BY service`,
  )
  return rows.map(({ service }) => readable(service))
}

async function count(tx: Transaction, table: string): Promise<number> {
  const [row] = await tx.rows<{ n: number }>(`SELECT count(*)::double precision AS n FROM ${table}`)
  return row!.n
}

async function tiersOf(tx: Transaction): Promise<readonly TierInfo[]> {
  const rows = await tx.rows<{ tier_ms: number; rows: number; from_ms: number; to_ms: number }>(
    `SELECT tier_ms, count(*)::double precision AS rows, min(from_ms) AS from_ms, max(to_ms) AS to_ms FROM (
       SELECT ${FLUSH_MS} AS tier_ms, from_ms, to_ms FROM flushes
       UNION ALL SELECT tier_ms, from_ms, to_ms FROM cells) AS held
     GROUP BY tier_ms`,
  )
  // What came in and what was folded are as fine: sums of five seconds keep apart no more than flushes of as long.
  return TIERS_MS.filter((tierMs) => tierMs >= FLUSH_MS).map((tierMs) => {
    const row = rows.find(({ tier_ms }) => tier_ms === tierMs)
    return { tierMs, rows: row?.rows ?? 0, held: row && { fromMs: row.from_ms, toMs: row.to_ms } }
  })
}

async function instancesOf(tx: Transaction): Promise<readonly InstanceInfo[]> {
  const rows = await tx.rows<InstanceRow>(
    `SELECT i.service, i.instance, i.seen_ms, f.presence FROM instances i
     LEFT JOIN LATERAL (
       SELECT presence FROM flushes WHERE service = i.service AND instance = i.instance ORDER BY flush DESC LIMIT 1
     ) AS f ON true ORDER BY i.seen_ms DESC`,
  )
  return rows.map(({ service, instance, seen_ms, presence }) => {
    const who = presenceOf(presence)
    return {
      service: readable(service),
      instance: readable(instance),
      seenMs: seen_ms,
      host: who?.host,
      pid: who?.pid,
      version: who?.version,
    }
  })
}

function presenceOf(bytes: Uint8Array | null): ReturnType<typeof openPresence> | undefined {
  try {
    return bytes === null ? undefined : openPresence(bytes)
  } catch {
    // `verify` names it; here it is one line less.
    return undefined
  }
}

async function leasesOf(tx: Transaction): Promise<StoreInfo['leases']> {
  const rows = await tx.rows<{ name: string; holder: string; token: string; until_ms: number }>(
    'SELECT name, holder, token::text, until_ms FROM leases ORDER BY name',
  )
  return rows.map(({ name, holder, token, until_ms }) => {
    return { name, holder, token: BigInt(token), untilMs: until_ms }
  })
}
