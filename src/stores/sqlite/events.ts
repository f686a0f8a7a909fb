import type { Span, StoredEvent, WantedEvents } from '../../engine/store.ts'
import { readable, writable } from '../written.ts'
import type { Database } from './database.ts'

const PAGE_ROWS = 500

export interface EventRow {
  readonly id: number
  readonly key: string
  readonly at_ms: number
  readonly kind: string
  readonly data: string
}

/** Those whose key is there already change nothing. In a transaction. */
export function insertEvents(db: Database, service: number, events: readonly StoredEvent[]): void {
  for (const { id, atMs, kind, data } of events) {
    db.run(
      'INSERT INTO events (service, key, at_ms, kind, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      service,
      writable(id),
      atMs,
      kind,
      // JSON has no `undefined`; an event that carries nothing carries null.
      JSON.stringify(data) ?? 'null',
    )
  }
}

export function eventOf({ key, at_ms, kind, data }: EventRow): StoredEvent {
  return { id: readable(key), atMs: at_ms, kind, data: JSON.parse(data) as unknown }
}

/** `true` for the first who claims this. In a transaction. */
export function insertClaim(db: Database, service: number, key: string, atMs: number): boolean {
  const sql = 'INSERT INTO claims (service, key, at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'
  return db.run(sql, service, writable(key), atMs) > 0
}

/** The plus keeps SQLite from going by service, through all events that are kept, where time says which few. */
export const EVENTS_AFTER = `
  SELECT id, key, at_ms, kind, data FROM events
  WHERE (at_ms, id) > (?1, ?2) AND at_ms <= ?3 AND +service = ?4
    AND key NOT IN (SELECT value FROM json_each(?5))
    AND (?6 IS NULL OR kind IN (SELECT value FROM json_each(?6)))
  ORDER BY at_ms, id LIMIT ?7`

/** Of which events rows are wanted. */
export interface EventQuery {
  readonly service: number
  readonly span: Span
  readonly wanted: WantedEvents
}

/** The next events after `last` (from the span's start without it), oldest first; none at the end. */
export function eventsAfter(
  db: Database,
  { service, span, wanted: { known = new Set(), kinds } }: EventQuery,
  last?: EventRow,
): readonly EventRow[] {
  return db.all<EventRow>(
    EVENTS_AFTER,
    last?.at_ms ?? span.fromMs,
    last?.id ?? Number.MAX_SAFE_INTEGER,
    span.toMs,
    service,
    JSON.stringify(Array.from(known, writable)),
    kinds === undefined ? null : JSON.stringify(kinds),
    PAGE_ROWS,
  )
}
