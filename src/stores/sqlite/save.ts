import type { Batch } from '../../engine/store.ts'
import type { Database } from './database.ts'
import { insertEvents } from './events.ts'
import { wasFolded } from './flushes.ts'
import type { Names } from './names.ts'

/** A batch with what takes a while to pack: done before other processes have to wait. */
export interface PackedBatch {
  readonly batch: Batch
  readonly slices: Uint8Array
  /** `undefined` for what nobody saves now: an import came in when it was counted, not today. */
  readonly presence: Uint8Array | undefined
  readonly nowMs: number
}

/** Saves a batch and its events; a batch that was saved before changes nothing. In a transaction. */
export function saveBatch(db: Database, names: Names, { batch, slices, presence, nowMs }: PackedBatch): void {
  const service = names.addService(batch.service)
  if (wasFolded(db, service, batch.instance, batch.flush)) return
  const added = db.insertNew(
    `INSERT INTO flushes (service, instance, flush, from_ms, to_ms, slices) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    service,
    batch.instance,
    batch.flush,
    batch.fromMs,
    batch.toMs,
    slices,
  )
  if (added === undefined) return
  insertEvents(db, service, batch.events)
  if (presence === undefined) return
  db.run(
    'INSERT INTO presences (flush, came_ms, presence) VALUES (?, ?, ?)',
    added,
    Math.max(nowMs, lastCameMs(db)),
    presence,
  )
}

/** Clocks are set back; what came in later must not seem to have come in before. */
function lastCameMs(db: Database): number {
  const last = db.first<{ came_ms: number }>('SELECT came_ms FROM presences ORDER BY flush DESC LIMIT 1')
  return last?.came_ms ?? Number.NEGATIVE_INFINITY
}
