import type { Span, StoredEvent, WantedEvents } from '../../engine/store.ts'
import { readable, writable } from '../written.ts'
import type { Transaction } from './database.ts'

const PAGE_ROWS = 500

/** An event's row; `n` as text, since it may be larger than a number holds. */
export interface EventRow {
  readonly id: string
  readonly n: string
  readonly at_ms: number
  readonly kind: string
  readonly data: string
}

/** SQL that inserts events for each row of `from` (one or none), their columns as arrays from parameter `$n` on. */
export function EVENTS_FROM(from: string, n: number): string {
  return `
    INSERT INTO events (service, id, at_ms, kind, data)
    SELECT $1, e.id, e.at_ms, e.kind, e.data FROM ${from},
      unnest($${n}::text[], $${n + 1}::double precision[], $${n + 2}::text[], $${n + 3}::text[])
        WITH ORDINALITY AS e(id, at_ms, kind, data, place)
    ORDER BY e.place
    ON CONFLICT DO NOTHING`
}

export function eventColumns(
  events: readonly StoredEvent[],
): [readonly string[], readonly number[], readonly string[], readonly string[]] {
  return [
    events.map(({ id }) => writable(id)),
    events.map(({ atMs }) => atMs),
    events.map(({ kind }) => writable(kind)),
    // JSON has no `undefined`; an event that carries nothing carries null.
    events.map(({ data }) => JSON.stringify(data) ?? 'null'),
  ]
}

/** Of which events rows are wanted. */
export interface EventQuery {
  readonly service: string
  readonly span: Span
  readonly wanted: WantedEvents
}

/** The next events after `last` (from the span's start without it), oldest first; none at the end. */
export function eventsAfter(
  tx: Transaction,
  { service, span, wanted: { known = new Set(), kinds } }: EventQuery,
  last?: EventRow,
): Promise<readonly EventRow[]> {
  return tx.rows<EventRow>(
    `SELECT id, n::text, at_ms, kind, data FROM events
     WHERE service = $1 AND (at_ms, n) > ($2, $3::bigint) AND at_ms <= $4
       AND NOT EXISTS (SELECT FROM unnest($5::text[]) AS known(id) WHERE known.id = events.id)
       AND ($6::text[] IS NULL OR kind = ANY($6::text[]))
     ORDER BY events.at_ms, events.n LIMIT ${PAGE_ROWS}`,
    [
      writable(service),
      last?.at_ms ?? span.fromMs,
      last?.n ?? '9223372036854775807',
      span.toMs,
      Array.from(known, writable),
      kinds?.map(writable) ?? null,
    ],
  )
}

export function eventOf({ id, at_ms, kind, data }: EventRow): StoredEvent {
  return { id: readable(id), atMs: at_ms, kind: readable(kind), data: JSON.parse(data) as unknown }
}
