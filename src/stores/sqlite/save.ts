import type { Batch } from '../../engine/store.ts'
import type { Database } from './database.ts'
import { insertEvents } from './events.ts'
import { wasFolded } from './flushes.ts'
import type { Names } from './names.ts'
import { checkVersion } from './schema.ts'

/**
 * Saves a batch and its events in one transaction; a batch that was saved before changes nothing.
 *
 * @throws YardstickError `YS_STORE_SCHEMA` when a newer Yardstick changed the tables meanwhile
 */
export function saveBatch(db: Database, names: Names, batch: Batch, packed: Uint8Array, path: string): void {
  db.write(() => {
    checkVersion(db.pragma('user_version'), path)
    const service = names.addService(batch.service)
    if (wasFolded(db, service, batch.instance, batch.flush)) return
    const added = db.run(
      `INSERT INTO flushes (service, instance, flush, from_ms, to_ms, slices) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      service,
      batch.instance,
      batch.flush,
      batch.fromMs,
      batch.toMs,
      packed,
    )
    if (added > 0) insertEvents(db, service, batch.events)
  })
}
