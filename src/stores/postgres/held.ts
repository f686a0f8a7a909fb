import type { Held } from '../../engine/store.ts'
import { TIERS_MS } from '../tiers.ts'
import { writable } from '../written.ts'
import type { Transaction } from './database.ts'
import { FLUSH_MS } from './flushes.ts'

const HELD = `
  SELECT tier_ms, min(from_ms) AS from_ms, max(to_ms) AS to_ms FROM (
    SELECT ${FLUSH_MS} AS tier_ms, min(from_ms) AS from_ms, max(to_ms) AS to_ms FROM flushes WHERE service = $1
    UNION ALL
    SELECT t.tier_ms,
      (SELECT from_ms FROM cells c WHERE c.service = $1 AND c.tier_ms = t.tier_ms ORDER BY slot LIMIT 1),
      (SELECT to_ms FROM cells c WHERE c.service = $1 AND c.tier_ms = t.tier_ms ORDER BY slot DESC LIMIT 1)
    FROM unnest($2::integer[]) AS t(tier_ms)
  ) AS held
  GROUP BY tier_ms ORDER BY tier_ms`

/** What is held of a service: of what is folded, found by the ends of the index. */
export async function heldOf(tx: Transaction, service: string): Promise<readonly Held[]> {
  const rows = await tx.rows<{ tier_ms: number; from_ms: number | null; to_ms: number | null }>(HELD, [
    writable(service),
    TIERS_MS.slice(1),
  ])
  return rows.flatMap(({ tier_ms, from_ms, to_ms }) =>
    from_ms === null || to_ms === null ? [] : [{ tierMs: tier_ms, fromMs: from_ms, toMs: to_ms }],
  )
}
