import type { Transaction } from './database.ts'
import { nowSql } from './time.ts'

export interface LeaseAsk {
  readonly name: string
  readonly holder: string
  readonly durationMs: number
  /** For `nowSql`. */
  readonly givenMs: number | null
}

interface LeaseRow {
  readonly holder: string
  /** As text: a token is a bigint. */
  readonly token: string
}

// All but the holder only read, as long as it lives.
const HELD_BY_ANOTHER = `
  SELECT 1 FROM leases, (SELECT ${nowSql(3)} AS now_ms) AS t
  WHERE name = $1 AND holder <> $2 AND until_ms > now_ms AND until_ms <= now_ms + duration_ms`

// As `askLease` has it, in one statement by the database's clock. A clock that was set back must not make a dead
// holder's lease last for hours: it is never longer than what was asked for from now on.
const TAKE = `
  INSERT INTO leases AS l (name, holder, token, duration_ms, until_ms)
  SELECT $1, $2, 1, $4, now_ms + $4::double precision FROM (SELECT ${nowSql(3)} AS now_ms) AS t
  ON CONFLICT (name) DO UPDATE SET
    (holder, token, duration_ms, until_ms) = (
      SELECT CASE WHEN free THEN excluded.holder ELSE l.holder END,
        l.token + CASE WHEN free AND l.holder <> excluded.holder THEN 1 ELSE 0 END,
        CASE WHEN free THEN excluded.duration_ms ELSE l.duration_ms END,
        CASE WHEN free THEN excluded.until_ms ELSE least(l.until_ms, now_ms + l.duration_ms) END
      FROM (SELECT excluded.until_ms - excluded.duration_ms AS now_ms) AS t,
        LATERAL (SELECT l.holder = excluded.holder OR least(l.until_ms, now_ms + l.duration_ms) <= now_ms AS free) AS f
    )
  RETURNING holder, token::text`

/** Takes or renews a lease; its fencing token, or `undefined` while somebody else holds it. */
export async function takeLease(tx: Transaction, ask: LeaseAsk): Promise<bigint | undefined> {
  const { name, holder, durationMs, givenMs } = ask
  const [other] = await tx.rows(HELD_BY_ANOTHER, [name, holder, givenMs])
  if (other !== undefined) return undefined
  const [row] = await tx.rows<LeaseRow>(TAKE, [name, holder, givenMs, durationMs])
  return row!.holder === holder ? BigInt(row!.token) : undefined
}

/** Whether the lease is still this holder's, under this token; if so, nobody else gets it before this transaction ends. */
export async function holdsLease(
  tx: Transaction,
  lease: { readonly name: string; readonly holder: string; readonly token: bigint },
): Promise<boolean> {
  const [row] = await tx.rows(
    'SELECT 1 FROM leases WHERE name = $1 AND holder = $2 AND token = $3 FOR UPDATE',
    [lease.name, lease.holder, lease.token],
  )
  return row !== undefined
}

/** Gives back what this holder holds: the lease of this name, or all. The tokens stay. */
export async function releaseLeases(tx: Transaction, holder: string, name?: string): Promise<void> {
  await tx.run(
    'UPDATE leases SET until_ms = 0 WHERE holder = $1 AND until_ms > 0 AND ($2::text IS NULL OR name = $2)',
    [holder, name ?? null],
  )
}
