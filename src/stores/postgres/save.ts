import type { Batch } from '../../engine/store.ts'
import { writable } from '../written.ts'
import type { Transaction } from './database.ts'
import { EVENTS_FROM, eventColumns } from './events.ts'
import { LANE_MS, LANES } from './lanes.ts'
import { MIGRATIONS } from './schema.ts'
import { nowSql } from './time.ts'

/** With so many gaps (about 250) all are closed: what is missing there is not going to come any more. */
const MOST_SAVED_BYTES = 4_000

// The instance's own row says whether this flush is new, whatever became of the row it made. It also holds up a
// repeated save until the first one, that may still be under way, is over.
const SAVE = `
  WITH now AS MATERIALIZED (SELECT ${nowSql(8)} AS ms),
  own AS (
    INSERT INTO instances AS i (service, instance, saved, last_flush, seen_ms, seen_hour)
    SELECT $1, $2, int8multirange(int8range($3, $3, '[]')), $3, ms, floor(ms / 3600000)
    FROM now WHERE (SELECT max(version) FROM yardstick_versions) <= ${MIGRATIONS.length}
    ON CONFLICT (service, instance) DO UPDATE SET
      saved = CASE WHEN pg_column_size(i.saved) > ${MOST_SAVED_BYTES}
        THEN int8multirange(range_merge(i.saved)) ELSE i.saved END + excluded.saved,
      last_flush = greatest(i.last_flush, excluded.last_flush),
      seen_ms = excluded.seen_ms,
      seen_hour = excluded.seen_hour
    WHERE NOT i.saved @> excluded.last_flush
    RETURNING seen_ms
  ), kept AS (
    INSERT INTO flushes (service, instance, flush, lane, in_ms, from_ms, to_ms, slices, presence)
    SELECT $1, $2, $3, mod(floor(seen_ms / ${LANE_MS})::bigint, ${LANES}), seen_ms, $4, $5, $6, $7 FROM own
  )`
const ANSWER = `
  SELECT max(version) AS version, (SELECT ms FROM now) AS now_ms FROM yardstick_versions`
const SAVE_PLAIN = SAVE + ANSWER
const SAVE_WITH_EVENTS = `${SAVE}, noted AS (${EVENTS_FROM('own', 9)})${ANSWER}`

/** A batch with what it holds packed. */
export interface PackedBatch {
  readonly batch: Batch
  readonly slices: Uint8Array
  readonly presence: Uint8Array
}

/** What the database said besides. */
export interface Saved {
  /** Of the tables; nothing was saved when it is newer than what is known here. */
  readonly version: number
  readonly nowMs: number
}

/** Saves a batch and its events in one statement; a batch that was saved before changes nothing. */
export async function saveBatch(
  tx: Transaction,
  { batch, slices, presence }: PackedBatch,
  givenMs: number | null,
): Promise<Saved> {
  const { service, instance, flush, fromMs, toMs, events } = batch
  const values = [writable(service), writable(instance), flush, fromMs, toMs, slices, presence, givenMs]
  const [row] =
    events.length === 0
      ? await tx.rows<SavedRow>(SAVE_PLAIN, values)
      : await tx.rows<SavedRow>(SAVE_WITH_EVENTS, [...values, ...eventColumns(events)])
  return { version: row!.version, nowMs: row!.now_ms }
}

interface SavedRow {
  readonly version: number
  readonly now_ms: number
}
