import { formatDuration } from '../ground/duration.ts'
import { iso } from '../ground/instant.ts'
import { formatCount, formatRatio } from '../targets/reason.ts'
import type { Verdict } from '../targets/verdict.ts'
import type { Alert, AlertSeverity } from './alert.ts'
import type { Grace } from './grace.ts'
import type { Policy } from './policy.ts'
import { badOf } from './ratio-policy.ts'
import { type AlertInput, type AlertWatch, conditionOf, type Watched } from './watch.ts'
import { burnRateCondition } from './why-burn-rate.ts'
import { type WhyCondition, whyLines } from './why-condition.ts'
import { notSilenced, routed, type Subjects } from './why-told.ts'

/** Why a target has an alert, or none, under one policy. */
export interface Why {
  readonly target: string
  readonly policy: string
  readonly state: Alert['state']
  readonly conditions: readonly WhyCondition[]
  /** The same in words, several lines. */
  readonly text: string
}

/**
 * Why an alert of a target did or did not fire, by policy: which condition holds and which does not, with numbers, and
 * who would be told. Empty for a target that no policy watches: then that is why.
 *
 * @example why(watch, 'database', input)[0]?.text
 */
export function why(watch: AlertWatch, target: string, input: AlertInput): readonly Why[] {
  const verdict = input.verdicts.find((each) => each.target.id === target)
  if (verdict === undefined) return []
  return watch.watched(target).map((watched) => {
    const { policy, track } = watched
    const measured =
      policy.kind === 'ratio'
        ? ofRatio(policy, verdict)
        : [burnRateCondition(policy, verdict.target, input.lookback)]
    const { atMs } = input
    const found = conditionOf(policy, verdict, input.lookback)
    const over = found.known ? found.over : undefined
    const conditions = [...measured, held(watched, atMs), ...surroundings(watch, watched, { atMs, over })]
    const { state } = track.alert
    return { target, policy: policy.name, state, conditions, text: textOf(target, policy, state, conditions) }
  })
}

function textOf(
  target: string,
  policy: Policy,
  state: Alert['state'],
  conditions: readonly WhyCondition[],
): string {
  return [`${target}, policy ${policy.name}: ${state}`, ...whyLines(conditions)].join('\n')
}

function ofRatio(
  policy: Extract<Policy, { readonly kind: 'ratio' }>,
  verdict: Verdict,
): readonly WhyCondition[] {
  const { n, target } = verdict
  const units = target.indicator.kind === 'latency' ? 'operations' : 'lookups'
  const { fewestOperations, fewestBad, warning, critical } = policy
  const operations: WhyCondition = {
    name: 'operations',
    holds: n >= fewestOperations,
    text: `${formatCount(n)} ${units} in the last minute, at least ${fewestOperations} are needed`,
  }
  if (verdict.status === 'unknown') {
    const text = `no verdict: ${verdict.reason}; what is not known changes nothing`
    return [{ name: 'measured', holds: false, text }, operations]
  }
  const bad = badOf(verdict)
  const factors = `WARNING from ${warning}, CRITICAL from ${critical}`
  return [
    { name: 'measured', holds: true, text: verdict.reason },
    operations,
    {
      name: 'bad',
      holds: bad >= fewestBad,
      text: `${formatCount(bad)} bad, at least ${fewestBad} are needed`,
    },
    {
      name: 'over',
      holds: verdict.ratio >= warning,
      text: `${formatRatio(verdict.ratio, 2)} × its limit, ${factors}`,
    },
  ]
}

function held({ policy, track: { alert } }: Watched, atMs: number): WhyCondition {
  const needed = formatDuration(policy.forMs)
  switch (alert.state) {
    case 'pending': {
      const untilMs = alert.unknownSinceMs ?? atMs
      const heldMs = Math.max(0, untilMs - alert.holdFromMs)
      const still = alert.unknownSinceMs === undefined ? '' : ' (the hold stands still: nothing is measured)'
      const text = `over for ${formatDuration(heldMs)}, for ${needed} is needed${still}`
      return { name: 'held', holds: heldMs >= policy.forMs, text }
    }
    case 'firing': {
      const { clearingFromMs } = alert
      const text = `fires as ${alert.severity} since ${iso(alert.firedMs)}`
      const recovering = `, recovering for ${formatDuration(atMs - (clearingFromMs ?? atMs))} of ${formatDuration(policy.keepFiringForMs)}`
      return { name: 'held', holds: true, text: clearingFromMs === undefined ? text : text + recovering }
    }
    default: {
      const wait = policy.forMs === 0 ? 'fires as soon as it is' : `it would have to be for ${needed}`
      return { name: 'held', holds: false, text: `not over now; ${wait}` }
    }
  }
}

/** @param over the severity whose threshold is reached now: what an alert that does not fire yet would fire as */
function surroundings(
  watch: AlertWatch,
  { target, policy, track }: Watched,
  { atMs, over }: { readonly atMs: number; readonly over: AlertSeverity | undefined },
): readonly WhyCondition[] {
  const { alert } = track
  const subjectAs = (severity: AlertSeverity): Subjects[number] => ({
    target: target.id,
    component: target.component,
    policy: policy.name,
    severity,
    ...(alert.state === 'quiet' ? {} : { alert: alert.id }),
  })
  const warning = subjectAs('WARNING')
  const sole = alert.state === 'firing' ? alert.severity : over
  const subjects: Subjects = sole === undefined ? [subjectAs('CRITICAL'), warning] : [subjectAs(sole)]
  return [
    noGrace(watch.grace(sole === undefined ? warning : subjects[0], atMs)),
    notSilenced(watch, subjects, atMs),
    ...(watch.options.quietHours.length === 0
      ? []
      : [notQuiet(watch.quietAt(atMs), alert.state === 'firing' ? alert.worst : over)]),
    routed(watch, subjects),
  ]
}

function noGrace(grace: Grace | undefined): WhyCondition {
  const name = 'no_grace'
  if (grace === undefined) {
    return { name, holds: true, text: 'no grace after a start, a change or maintenance' }
  }
  const until = iso(grace.untilMs)
  const named = grace.name === undefined ? '' : ` "${grace.name}"`
  const text =
    grace.underWay === true
      ? `maintenance${named}: nobody is told; nothing fires until its grace is over, ${until}`
      : `nothing fires until ${until}: grace after ${grace.reason}${named}`
  return { name, holds: false, text }
}

function notQuiet(quiet: boolean, worst: AlertSeverity | undefined): WhyCondition {
  const name = 'not_quiet'
  if (!quiet) return { name, holds: true, text: 'no quiet hours now' }
  return worst === 'CRITICAL'
    ? { name, holds: true, text: 'quiet hours, for which what is or was CRITICAL does not wait' }
    : { name, holds: false, text: 'quiet hours: a WARNING is told when they are over' }
}
