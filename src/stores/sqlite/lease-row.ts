import { askLease } from '../lease.ts'
import type { Database } from './database.ts'

interface LeaseRow {
  readonly holder: string
  /** As text: a token is a bigint. */
  readonly token: string
  readonly duration_ms: number
  readonly until_ms: number
}

export interface LeaseAsk {
  readonly name: string
  readonly holder: string
  readonly durationMs: number
  readonly nowMs: number
}

/** Takes or renews a lease in one transaction; its fencing token, or `undefined` while somebody else holds it. */
export function takeLease(db: Database, ask: LeaseAsk): bigint | undefined {
  return db.write(() => {
    const row = db.first<LeaseRow>(
      'SELECT holder, CAST(token AS TEXT) AS token, duration_ms, until_ms FROM leases WHERE name = ?',
      ask.name,
    )
    const before = row && {
      holder: row.holder,
      token: BigInt(row.token),
      durationMs: row.duration_ms,
      untilMs: row.until_ms,
    }
    const { lease, held } = askLease(before, ask)
    if (held || lease.untilMs !== before?.untilMs) {
      db.run(
        'INSERT OR REPLACE INTO leases (name, holder, token, duration_ms, until_ms) VALUES (?, ?, ?, ?, ?)',
        ask.name,
        lease.holder,
        lease.token,
        lease.durationMs,
        lease.untilMs,
      )
    }
    return held ? lease.token : undefined
  })
}

/** Gives one lease back, if this holder has it. The token stays. */
export function releaseLease(db: Database, name: string, holder: string): void {
  db.run('UPDATE leases SET until_ms = 0 WHERE name = ? AND holder = ? AND until_ms > 0', name, holder)
}

/** Gives back what this holder holds, so that a clean stop hands over at once. The tokens stay. */
export function releaseLeases(db: Database, holder: string): void {
  db.run('UPDATE leases SET until_ms = 0 WHERE holder = ? AND until_ms > 0', holder)
}
