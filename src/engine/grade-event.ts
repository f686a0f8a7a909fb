import { either, fields, figure, literal, time } from '../ground/check.ts'
import type { GradePoint } from './snapshot.ts'
import type { StoredEvent } from './store.ts'

const GRADE_KIND = 'grade'

/** Its id is the minute's: whoever judged it, there is one grade a minute. */
export function gradeEvent(point: GradePoint): StoredEvent {
  return { id: `grade ${Math.floor(point.atMs / 60_000)}`, atMs: point.atMs, kind: GRADE_KIND, data: point }
}

const isPoint = fields({ atMs: time, overall: either(figure, literal(null)), byTarget: fields({}) })

/** `undefined` for an event of another kind, or one that cannot be read. */
export function gradeOf({ kind, data }: StoredEvent): GradePoint | undefined {
  return kind === GRADE_KIND && isPoint(data) ? (data as GradePoint) : undefined
}
