import type { GradePoint } from './snapshot.ts'
import type { StoredEvent } from './store.ts'

/** Its id is the minute's: whoever judged it, there is one grade a minute. */
export function gradeEvent(point: GradePoint): StoredEvent {
  return { id: `grade ${Math.floor(point.atMs / 60_000)}`, atMs: point.atMs, kind: 'grade', data: point }
}
