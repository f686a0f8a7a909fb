import type { PublishedSnapshot, StoredEvent } from '../../engine/store.ts'
import { writable } from '../written.ts'
import type { Transaction } from './database.ts'
import { EVENTS_FROM, eventColumns } from './events.ts'

/** The fence moves on to the token, unless it is further already: then nothing is given. */
const PAST_FENCE = `
  INSERT INTO fences AS f (service, token) VALUES ($1, $2)
  ON CONFLICT (service) DO UPDATE SET token = excluded.token WHERE f.token <= excluded.token
  RETURNING token`

/** `false` when the token is behind the fence. */
export async function publishSnapshot(
  tx: Transaction,
  service: string,
  { atMs, token, bytes }: PublishedSnapshot,
): Promise<boolean> {
  const published = await tx.run(
    `WITH fence AS (${PAST_FENCE})
     INSERT INTO snapshots (service, at_ms, token, bytes) SELECT $1, $3, token, $4 FROM fence
     ON CONFLICT (service) DO UPDATE SET at_ms = excluded.at_ms, token = excluded.token, bytes = excluded.bytes`,
    [writable(service), token, atMs, bytes],
  )
  return published > 0
}

export async function publishedSnapshot(
  tx: Transaction,
  service: string,
): Promise<PublishedSnapshot | undefined> {
  const [row] = await tx.rows<{ at_ms: number; token: string; bytes: Uint8Array }>(
    'SELECT at_ms, token::text, bytes FROM snapshots WHERE service = $1',
    [writable(service)],
  )
  return row && { atMs: row.at_ms, token: BigInt(row.token), bytes: row.bytes }
}

/** `false`, and nothing is saved, when a token is given that is behind the fence. */
export async function appendEvents(
  tx: Transaction,
  service: string,
  { events, token }: { readonly events: readonly StoredEvent[]; readonly token: bigint | undefined },
): Promise<boolean> {
  if (token !== undefined) {
    const [passed] = await tx.rows(PAST_FENCE, [writable(service), token])
    if (passed === undefined) return false
  }
  await tx.run(EVENTS_FROM('(VALUES (1)) AS once', 2), [writable(service), ...eventColumns(events)])
  return true
}

/** `true` for the first who claims this. */
export async function insertClaim(
  tx: Transaction,
  service: string,
  { key, atMs }: { readonly key: string; readonly atMs: number },
): Promise<boolean> {
  const sql = 'INSERT INTO claims (service, key, at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING'
  return (await tx.run(sql, [writable(service), writable(key), atMs])) > 0
}

export async function ask(tx: Transaction, service: string, untilMs: number): Promise<void> {
  // Many replicas may ask at once: who asks for nothing new only reads.
  if ((await asked(tx, service)) >= untilMs) return
  await tx.run(
    `INSERT INTO asks AS a (service, until_ms) VALUES ($1, $2)
     ON CONFLICT (service) DO UPDATE SET until_ms = excluded.until_ms WHERE a.until_ms < excluded.until_ms`,
    [writable(service), untilMs],
  )
}

export async function asked(tx: Transaction, service: string): Promise<number> {
  const [row] = await tx.rows<{ until_ms: number }>('SELECT until_ms FROM asks WHERE service = $1', [
    writable(service),
  ])
  return row?.until_ms ?? 0
}
