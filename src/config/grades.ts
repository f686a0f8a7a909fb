import { formatDuration } from '../ground/duration.ts'
import type { GradeLimits, Indicator } from '../targets/target.ts'
import type { GradesDraft } from './drafts.ts'
import { durationMs } from './durations.ts'
import { type Problem, shown } from './problems.ts'
import { shareOf } from './shares.ts'

const LETTERS = ['a', 'b', 'c', 'd'] as const

/**
 * The ends of the letters: those given, in the indicator's unit, else the defaults. Notes ends in another unit and
 * ends that are not in order.
 */
export function gradesFrom(
  draft: GradesDraft,
  indicator: Indicator,
  defaults: GradeLimits,
  note: (path: string, problem: Omit<Problem, 'path'>) => void,
): GradeLimits {
  const latency = indicator.kind === 'latency'
  const limits: Record<keyof GradeLimits, number> = { ...defaults }
  let readable = true
  for (const letter of LETTERS) {
    const given = draft[letter]
    if (given === undefined) {
      readable &&= !Object.hasOwn(draft, letter)
      continue
    }
    limits[letter] = latency ? durationMs(given) : shareOf(given)
    if (Number.isFinite(limits[letter])) continue
    readable = false
    const [expected, example] = latency
      ? ['a duration, as the limit is one', '40ms']
      : ['a share from 0% to 100%, as the hit rate is one', '96%']
    note(`.grades.${letter}`, { expected, got: shown(given), fix: `write "${example}"` })
  }
  if (readable && !inOrder(limits, latency)) {
    const got = LETTERS.map((letter) => `${letter} ${written(limits[letter], latency)}`).join(', ')
    note('.grades', {
      expected: latency ? 'a < b < c < d' : 'a > b > c > d',
      got,
      fix: latency ? 'a better letter takes a shorter time' : 'a better letter takes a higher share',
    })
  }
  return limits
}

function inOrder({ a, b, c, d }: GradeLimits, ascending: boolean): boolean {
  return ascending ? a < b && b < c && c < d : a > b && b > c && c > d
}

function written(value: number, latency: boolean): string {
  return latency ? formatDuration(value) : `${Number((value * 100).toFixed(4))} %`
}
