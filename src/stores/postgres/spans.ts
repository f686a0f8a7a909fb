import type { Span, StoredSpan, Taken } from '../../engine/store.ts'
import { spansOf } from '../rows.ts'
import type { OnBad } from '../sum.ts'
import { writable } from '../written.ts'
import type { Database } from './database.ts'
import { chunksOf, LOCK_FLUSHES } from './reading.ts'

/** Who reads a long span has so long to take in what it got. */
const READER_IDLE_MS = 60_000

/** Spans of a service as of one instant, in a transaction that ends with the reading. */
export async function* storedSpans(
  db: Database,
  service: string,
  { span, taken, onBad }: { readonly span: Span; readonly taken?: Taken | undefined; readonly onBad: OnBad },
): AsyncGenerator<StoredSpan, void, undefined> {
  const query = { service: writable(service), span, taken, onBad }
  const open = await db.begin('read from', { repeatable: true, idleMs: READER_IDLE_MS })
  let ended: 'read' | 'failed' | 'left' = 'left'
  try {
    await open.tx.rows(LOCK_FLUSHES)
    let endMs = Number.NEGATIVE_INFINITY
    for await (const rows of chunksOf(open.tx, query)) {
      for (const stored of spansOf([rows], span, onBad, endMs)) {
        endMs = stored.toMs
        yield stored
      }
    }
    ended = 'read'
  } catch (error) {
    ended = 'failed'
    throw await open.abort(error)
  } finally {
    if (ended === 'read') await open.commit()
    // A reader who has enough.
    if (ended === 'left') await open.rollback()
  }
}
