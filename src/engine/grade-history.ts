import { pointsOf } from '../targets/letter.ts'
import type { OverallGrade } from '../targets/overall.ts'
import { type Trend, trend } from '../targets/trend.ts'
import type { Verdict } from '../targets/verdict.ts'
import type { GradePoint } from './snapshot.ts'

const MINUTE_MS = 60_000
/** A day of minutes is kept at hand; the store keeps the rest. */
const MOST = 1440

/** One point a minute of the overall grade and of each target's. */
export class GradeHistory {
  readonly #points: GradePoint[] = []
  readonly #trends = new Map<string | undefined, { readonly trend: Trend | undefined }>()

  get points(): readonly GradePoint[] {
    return this.#points
  }

  restore(point: GradePoint): void {
    this.#points.push(point)
    this.#trends.clear()
    if (this.#points.length > MOST) this.#points.shift()
  }

  /** The minute's point, when one is due. */
  note(atMs: number, verdicts: readonly Verdict[], overall: OverallGrade): GradePoint | undefined {
    const last = this.#points.at(-1)
    if (last !== undefined && Math.floor(atMs / MINUTE_MS) <= Math.floor(last.atMs / MINUTE_MS))
      return undefined
    const byTarget = Object.fromEntries(
      verdicts.map((verdict) => [
        verdict.target.id,
        verdict.status === 'unknown' ? null : pointsOf(verdict.grade.letter),
      ]),
    )
    const point = { atMs, overall: overall.points, byTarget }
    this.restore(point)
    return point
  }

  /** Of the overall grade, or of one target's; worked out once a minute, since that takes milliseconds. */
  trend(target?: string): Trend | undefined {
    const known = this.#trends.get(target)
    if (known !== undefined) return known.trend
    const points = this.#points.map(({ atMs, overall, byTarget }) => ({
      atMs,
      value: target === undefined ? overall : (byTarget[target] ?? null),
    }))
    const found = trend(points)
    this.#trends.set(target, { trend: found })
    return found
  }
}
