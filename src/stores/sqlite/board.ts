import type { PublishedSnapshot } from '../../engine/store.ts'
import type { Database } from './database.ts'

interface SnapshotRow {
  readonly at_ms: number
  /** As text: a token is a bigint. */
  readonly token: string
  readonly bytes: Uint8Array
}

/** Whether the token is not behind the service's fence, which it moves on. In a transaction. */
export function passesFence(db: Database, service: number, token: bigint): boolean {
  const sql = `INSERT INTO fences (service, token) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET token = excluded.token WHERE token <= excluded.token`
  return db.run(sql, service, token) > 0
}

/** `false` when the token is behind the fence. In a transaction. */
export function publishSnapshot(db: Database, service: number, snapshot: PublishedSnapshot): boolean {
  if (!passesFence(db, service, snapshot.token)) return false
  db.run(
    'INSERT OR REPLACE INTO snapshots (service, at_ms, token, bytes) VALUES (?, ?, ?, ?)',
    service,
    snapshot.atMs,
    snapshot.token,
    snapshot.bytes,
  )
  return true
}

export function published(db: Database, service: number): PublishedSnapshot | undefined {
  const row = db.first<SnapshotRow>(
    'SELECT at_ms, CAST(token AS TEXT) AS token, bytes FROM snapshots WHERE service = ?',
    service,
  )
  return row && { atMs: row.at_ms, token: BigInt(row.token), bytes: row.bytes }
}

export function ask(db: Database, service: number, untilMs: number): void {
  db.run(
    `INSERT INTO asks (service, until_ms) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET until_ms = excluded.until_ms WHERE until_ms < excluded.until_ms`,
    service,
    untilMs,
  )
}

export function asked(db: Database, service: number): number {
  return db.first<{ until_ms: number }>('SELECT until_ms FROM asks WHERE service = ?', service)?.until_ms ?? 0
}
