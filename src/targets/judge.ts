import type { WindowView } from '../measure/window.ts'
import { judgeHitRate } from './hit-rate.ts'
import { judgeLatency } from './latency.ts'
import type { Target } from './target.ts'
import type { Verdict } from './verdict.ts'

/**
 * What a target says of a window. Exact counters decide `met`; verdict, ratio, severity and letter never
 * contradict each other; too little measured is `unknown`, never good. What needs every slot (a grade's range, the
 * compliance of a hit rate) is worked out when it is read: before the window moves on.
 *
 * @param view everything the target covers in the window; `undefined` when there was nothing
 * @example judge(target, window.view()).status // 'met'
 */
export function judge(target: Target, view: WindowView | undefined): Verdict {
  const { indicator } = target
  return indicator.kind === 'latency'
    ? judgeLatency(target, indicator, view)
    : judgeHitRate(target, indicator, view)
}
