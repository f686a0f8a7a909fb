import type { Span, StoredEvent } from '../../engine/store.ts'
import type { Database } from './database.ts'

const PAGE_ROWS = 500

export interface EventRow {
  readonly id: number
  readonly at_ms: number
  readonly kind: string
  readonly data: string
}

export function insertEvents(db: Database, service: number, events: readonly StoredEvent[]): void {
  for (const { atMs, kind, data } of events) {
    // JSON has no `undefined`; an event that carries nothing carries null.
    const text = JSON.stringify(data) ?? 'null'
    db.run('INSERT INTO events (service, at_ms, kind, data) VALUES (?, ?, ?, ?)', service, atMs, kind, text)
  }
}

/** The next events of a service after `last` (from the span's start without it), oldest first; none at the end. */
export function eventsAfter(db: Database, service: number, span: Span, last?: EventRow): readonly EventRow[] {
  return db.all<EventRow>(
    `SELECT id, at_ms, kind, data FROM events
     WHERE (at_ms, id) > (?, ?) AND at_ms <= ? AND service = ? ORDER BY at_ms, id LIMIT ?`,
    last?.at_ms ?? span.fromMs,
    last?.id ?? Number.MAX_SAFE_INTEGER,
    span.toMs,
    service,
    PAGE_ROWS,
  )
}
