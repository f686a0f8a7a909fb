import type { Held } from '../../engine/store.ts'
import { TIERS_MS } from '../tiers.ts'
import type { Database } from './database.ts'

/** What is held of a service, found by the ends of the indexes. */
export function heldOf(db: Database, service: number): readonly Held[] {
  return db.read(() =>
    TIERS_MS.flatMap((tierMs, tier): readonly Held[] => {
      const [rows, order] =
        tier === 0
          ? ['flushes WHERE service = ?', 'to_ms']
          : [`cells WHERE tier_ms = ${tierMs} AND service = ?`, 'slot']
      const oldest = db.first<{ ms: number }>(
        `SELECT from_ms AS ms FROM ${rows} ORDER BY ${order} LIMIT 1`,
        service,
      )
      const newest = db.first<{ ms: number }>(
        `SELECT to_ms AS ms FROM ${rows} ORDER BY ${order} DESC LIMIT 1`,
        service,
      )
      return oldest === undefined ? [] : [{ tierMs, fromMs: oldest.ms, toMs: newest!.ms }]
    }),
  )
}
