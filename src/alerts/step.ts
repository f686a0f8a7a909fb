import { type Alert, type AlertIdentity, type AlertSeverity, type FiringAlert, rankOf } from './alert.ts'
import { applied } from './apply.ts'
import type { Condition } from './condition.ts'
import type { TransitionEvent } from './event.ts'
import type { Evidence } from './evidence.ts'
import type { PolicyTerms } from './policy-terms.ts'

/** What an alert is stepped with. Asked lazily: most seconds nothing happens. */
export interface Look {
  readonly atMs: number
  readonly condition: Condition
  readonly terms: PolicyTerms
  /** After a start, a change or within maintenance: nothing fires or gets worse, what fires goes on. */
  readonly grace: boolean
  /** Who an alert would be that begins now. */
  readonly identity: (sinceMs: number) => AlertIdentity
  readonly evidence: (sinceMs: number) => Evidence
}

const NONE: readonly TransitionEvent[] = []
/** Seconds come a little early or late: a hold that ends within half of one ends now, not a second later. */
const SLACK_MS = 500

/**
 * What happens to an alert now: no event in most seconds, several where one leads to the next (a hold of 0 s is
 * pending and fires at once). The next state is `applied` of them in turn. An unknown condition changes nothing but
 * the note that it is so: silence is not health.
 */
export function step(alert: Alert, look: Look): readonly TransitionEvent[] {
  let event = next(alert, look)
  if (event === undefined) return NONE
  const events: TransitionEvent[] = []
  let state = alert
  while (event !== undefined) {
    events.push(event)
    state = applied(state, event)
    event = next(state, look)
  }
  return events
}

function next(alert: Alert, look: Look): TransitionEvent | undefined {
  switch (alert.state) {
    case 'quiet':
      return begun(look)
    case 'resolved':
      // What was resolved at this very instant may not begin again in it. One resolved later was so by a clock that has
      // been set back since: waiting for that time to come would be silence.
      return look.atMs === alert.resolvedMs ? undefined : begun(look)
    case 'pending': {
      const { condition, terms, grace } = look
      // Whoever saw it begin may have had a clock ahead of this one, and what happens before that is not the alert's.
      const atMs = Math.max(look.atMs, alert.sinceMs)
      // Far ahead: the clock was set back since. It begins anew, for its hold would be silence until that time comes.
      if (alert.holdFromMs - look.atMs > terms.forMs)
        return { ...head(alert, 'withdrawn', look.atMs), type: 'withdrawn', reason: 'clock_set_back' }
      if (!condition.known) {
        if (alert.unknownSinceMs === undefined) return plain(alert, 'frozen', atMs)
        if (atMs - alert.unknownSinceMs < terms.withdrawAfterMs) return undefined
        return { ...head(alert, 'withdrawn', atMs), type: 'withdrawn', reason: 'unknown' }
      }
      if (alert.unknownSinceMs !== undefined) return plain(alert, 'thawed', atMs)
      if (condition.over === undefined)
        return { ...head(alert, 'withdrawn', atMs), type: 'withdrawn', reason: 'under' }
      if (grace || atMs - alert.holdFromMs < terms.forMs - SLACK_MS) return undefined
      const { id, target, policy, kind, component, series, sinceMs } = alert
      const named = series === undefined ? {} : { series }
      return {
        ...spoken(alert, { type: 'fired', transition: 1, severity: condition.over, look }),
        type: 'fired',
        identity: { id, target, policy, kind, component, ...named },
        sinceMs,
      }
    }
    case 'firing':
      return nextOfFiring(alert, look)
  }
}

function begun({ condition, atMs, identity }: Look): TransitionEvent | undefined {
  if (!condition.known || condition.over === undefined) return undefined
  const who = identity(atMs)
  return { ...head(who, 'pending', atMs), type: 'pending', identity: who }
}

function nextOfFiring(alert: FiringAlert, look: Look): TransitionEvent | undefined {
  const { condition, atMs, terms, grace } = look
  if (!condition.known) {
    if (alert.unknownSinceMs === undefined) return plain(alert, 'frozen', atMs)
    if (alert.stale) return undefined
    if (alert.unknownSinceMs > atMs) return plain(alert, 'thawed', atMs)
    if (atMs - alert.unknownSinceMs < terms.staleAfterMs) return undefined
    const transition = alert.transitions + 1
    return { ...head(alert, 'stale', atMs), id: `${alert.id}.${transition}.stale`, type: 'stale', transition }
  }
  if (alert.unknownSinceMs !== undefined) return plain(alert, 'thawed', atMs)

  const { over, near } = condition
  const { severity, easingFromMs, clearingFromMs } = alert
  // What began after now did so by a clock that has been set back since: it begins anew.
  const isAhead = (fromMs: number | undefined): boolean => fromMs !== undefined && fromMs > atMs
  if (isAhead(easingFromMs)) return turned(alert, 'relapsed', 'CRITICAL', atMs)
  if (isAhead(clearingFromMs)) return turned(alert, 'relapsed', 'WARNING', atMs)
  const held = (fromMs: number | undefined): boolean =>
    fromMs !== undefined && atMs - fromMs >= terms.keepFiringForMs - SLACK_MS
  if (rankOf(over) > rankOf(severity) && !grace) return moved(alert, 'escalated', 'CRITICAL', look)
  if (near === undefined) {
    if (clearingFromMs === undefined) return turned(alert, 'recovering', 'WARNING', atMs)
    if (held(clearingFromMs)) return moved(alert, 'resolved', severity, look)
  } else if (clearingFromMs !== undefined) return turned(alert, 'relapsed', 'WARNING', atMs)
  if (severity === 'WARNING') return undefined
  if (near === 'CRITICAL')
    return easingFromMs === undefined ? undefined : turned(alert, 'relapsed', 'CRITICAL', atMs)
  if (easingFromMs === undefined) return turned(alert, 'recovering', 'CRITICAL', atMs)
  return held(easingFromMs) ? moved(alert, 'de_escalated', 'WARNING', look) : undefined
}

function moved(
  alert: FiringAlert,
  type: 'escalated' | 'de_escalated' | 'resolved',
  severity: AlertSeverity,
  look: Look,
): TransitionEvent {
  return { ...spoken(alert, { type, transition: alert.transitions + 1, severity, look }), type }
}

function turned(
  alert: FiringAlert,
  type: 'recovering' | 'relapsed',
  from: AlertSeverity,
  atMs: number,
): TransitionEvent {
  return { ...head(alert, `${type}.${from}`, atMs), type, from }
}

function plain(alert: AlertIdentity, type: 'frozen' | 'thawed', atMs: number): TransitionEvent {
  return { ...head(alert, type, atMs), type }
}

interface Head {
  readonly id: string
  readonly atMs: number
  readonly alert: string
  readonly target: string
  readonly policy: string
}

function head({ id, target, policy }: AlertIdentity, name: string, atMs: number): Head {
  return { id: `${id}.${name}.${atMs}`, atMs, alert: id, target, policy }
}

/**
 * The id has no time in it: a successor that lost the event finds the same transition some seconds later. One that finds
 * it CRITICAL where the other, cut off, saw a WARNING has more to tell, so a firing's severity is part of it.
 */
function spoken(
  alert: AlertIdentity & { readonly sinceMs: number },
  told: {
    readonly type: string
    readonly transition: number
    readonly severity: AlertSeverity
    readonly look: Look
  },
): Head & { readonly transition: number; readonly severity: AlertSeverity; readonly evidence: Evidence } {
  const { type, transition, severity, look } = told
  return {
    ...head(alert, type, look.atMs),
    id: `${alert.id}.${transition}.${type}${type === 'fired' ? `.${severity}` : ''}`,
    transition,
    severity,
    evidence: look.evidence(alert.sinceMs),
  }
}
