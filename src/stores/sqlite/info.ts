import { statSync } from 'node:fs'
import type { InstanceInfo, LeaseInfo, StoreInfo, TierInfo } from '../kept.ts'
import { openPresence } from '../presence.ts'
import { TIERS_MS } from '../tiers.ts'
import { readable } from '../written.ts'
import type { Database } from './database.ts'
import { MIGRATIONS } from './schema.ts'

interface TierRow {
  readonly rows: number
  readonly from_ms: number | null
  readonly to_ms: number | null
}

interface InstanceRow {
  readonly service: string
  readonly instance: string
  readonly seen_ms: number
}

/** What a file holds; of one instant. */
export function fileInfo(db: Database, path: string): StoreInfo {
  return db.read(() => {
    const schema = db.pragma('user_version')
    return {
      kind: 'sqlite',
      place: path,
      bytes: sizeOf(path) + sizeOf(`${path}-wal`),
      schema,
      newestSchema: MIGRATIONS.length,
      services: db
        .all<{ name: string }>('SELECT name FROM services ORDER BY name')
        .map(({ name }) => readable(name)),
      tiers: TIERS_MS.map((tierMs) => tierOf(db, tierMs)),
      events: count(db, 'events'),
      claims: schema < 2 ? 0 : count(db, 'claims'),
      instances: instancesOf(db, schema),
      leases: leasesOf(db),
    }
  })
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function count(db: Database, table: string): number {
  return db.first<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)!.n
}

function tierOf(db: Database, tierMs: number): TierInfo {
  const from = tierMs === TIERS_MS[0] ? 'flushes' : `cells WHERE tier_ms = ${tierMs}`
  const sql = `SELECT count(*) AS rows, min(from_ms) AS from_ms, max(to_ms) AS to_ms FROM ${from}`
  const { rows, from_ms, to_ms } = db.first<TierRow>(sql)!
  return {
    tierMs,
    rows,
    held: from_ms === null || to_ms === null ? undefined : { fromMs: from_ms, toMs: to_ms },
  }
}

function instancesOf(db: Database, schema: number): readonly InstanceInfo[] {
  const rows = db.all<InstanceRow>(
    `SELECT services.name AS service, instance, max(seen_ms) AS seen_ms FROM (
       SELECT service, instance, seen_ms FROM instances
       UNION ALL SELECT service, instance, max(to_ms) FROM flushes GROUP BY service, instance
     ) AS seen JOIN services ON services.id = seen.service
     GROUP BY seen.service, instance ORDER BY seen_ms DESC`,
  )
  return rows.map(({ service, instance, seen_ms }) => {
    const presence = schema < 2 ? undefined : lastPresence(db, service, instance)
    return {
      service: readable(service),
      instance,
      seenMs: seen_ms,
      host: presence?.host,
      pid: presence?.pid,
      version: presence?.version,
    }
  })
}

function lastPresence(
  db: Database,
  service: string,
  instance: string,
): ReturnType<typeof openPresence> | undefined {
  const row = db.first<{ presence: Uint8Array }>(
    `SELECT presence FROM flushes JOIN presences ON presences.flush = flushes.id
     WHERE service = (SELECT id FROM services WHERE name = ?) AND instance = ?
     ORDER BY flushes.flush DESC LIMIT 1`,
    service,
    instance,
  )
  try {
    return row && openPresence(row.presence)
  } catch {
    // `verify` names it; here it is one line less.
    return undefined
  }
}

function leasesOf(db: Database): readonly LeaseInfo[] {
  const rows = db.all<{ name: string; holder: string; token: string; until_ms: number }>(
    'SELECT name, holder, CAST(token AS TEXT) AS token, until_ms FROM leases ORDER BY name',
  )
  return rows.map(({ name, holder, token, until_ms }) => ({
    name,
    holder,
    token: BigInt(token),
    untilMs: until_ms,
  }))
}
