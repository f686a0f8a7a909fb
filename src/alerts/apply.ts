import { type Alert, type FiringAlert, QUIET, rankOf } from './alert.ts'
import type { TransitionEvent } from './event.ts'

/**
 * The state of an alert after one of its events. Applying an event twice, or one of an alert that is gone, changes
 * nothing: what was stored may come twice, and some of it may be lost.
 */
export function applied(alert: Alert, event: TransitionEvent): Alert {
  const { atMs } = event
  if (event.type === 'pending') {
    if (alert.state === 'pending' || alert.state === 'firing') return alert
    return { ...event.identity, state: 'pending', sinceMs: atMs, holdFromMs: atMs }
  }
  if (event.type === 'fired') {
    if (alert.state === 'firing' && alert.id === event.alert) return alert
    const { severity, sinceMs, transition, id, evidence } = event
    return {
      ...event.identity,
      state: 'firing',
      severity,
      worst: severity,
      sinceMs,
      firedMs: atMs,
      transitions: transition,
      lastEvent: id,
      lastEventMs: atMs,
      evidence,
      stale: false,
    }
  }
  if (alert.state === 'pending' && alert.id === event.alert) {
    // It ends what began by the old time; what began anew by its own has the same id.
    if (event.type === 'withdrawn' && event.reason === 'clock_set_back')
      return atMs < alert.holdFromMs ? QUIET : alert
    // One that came to nothing before had the same id.
    if (atMs < alert.sinceMs) return alert
    if (event.type === 'withdrawn') return QUIET
    if (event.type === 'frozen') return { ...alert, unknownSinceMs: alert.unknownSinceMs ?? atMs }
    if (event.type === 'thawed' && alert.unknownSinceMs !== undefined) {
      const { unknownSinceMs, ...known } = alert
      return { ...known, holdFromMs: known.holdFromMs + (atMs - unknownSinceMs) }
    }
    return alert
  }
  return alert.state === 'firing' && alert.id === event.alert ? firingAfter(alert, event) : alert
}

function firingAfter(alert: FiringAlert, event: TransitionEvent): Alert {
  const { atMs } = event
  switch (event.type) {
    case 'escalated':
    case 'de_escalated': {
      const { easingFromMs: _, ...rest } = alert
      const { severity, evidence } = event
      const worst = rankOf(severity) > rankOf(alert.worst) ? severity : alert.worst
      return { ...rest, ...last(event), severity, worst, evidence }
    }
    case 'resolved': {
      const { easingFromMs: _, clearingFromMs: __, unknownSinceMs: ___, stale: ____, ...rest } = alert
      const by = event.by === undefined ? {} : { resolvedBy: event.by }
      return { ...rest, ...last(event), ...by, state: 'resolved', resolvedMs: atMs, evidence: event.evidence }
    }
    case 'stale':
      return { ...alert, ...last(event), stale: true }
    case 'recovering':
      if (event.from === 'CRITICAL') return { ...alert, easingFromMs: alert.easingFromMs ?? atMs }
      return { ...alert, clearingFromMs: alert.clearingFromMs ?? atMs }
    case 'relapsed': {
      const { easingFromMs, clearingFromMs: _, ...rest } = alert
      // Who is back over CRITICAL's threshold is over WARNING's too; the other way round says nothing.
      return event.from === 'CRITICAL' || easingFromMs === undefined ? rest : { ...rest, easingFromMs }
    }
    case 'frozen':
      return { ...alert, unknownSinceMs: alert.unknownSinceMs ?? atMs }
    case 'thawed': {
      if (alert.unknownSinceMs === undefined) return alert
      // The holds stood still meanwhile: nobody knows whether it had recovered.
      const { unknownSinceMs, easingFromMs, clearingFromMs, ...rest } = alert
      const lostMs = atMs - unknownSinceMs
      return {
        ...rest,
        stale: false,
        ...(easingFromMs === undefined ? {} : { easingFromMs: easingFromMs + lostMs }),
        ...(clearingFromMs === undefined ? {} : { clearingFromMs: clearingFromMs + lostMs }),
      }
    }
    default:
      return alert
  }
}

function last(event: { readonly transition: number; readonly id: string; readonly atMs: number }): {
  readonly transitions: number
  readonly lastEvent: string
  readonly lastEventMs: number
} {
  return { transitions: event.transition, lastEvent: event.id, lastEventMs: event.atMs }
}
