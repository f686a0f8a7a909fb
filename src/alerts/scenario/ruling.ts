import type { Alert } from '../alert.ts'
import type { Replay, ReplayedNotice, Second } from '../replay.ts'
import type { Check, Wanted } from './scenario.ts'

interface Known {
  readonly second: Second
  readonly replay: Replay
  readonly notices: readonly (ReplayedNotice & { readonly offsetMs: number })[]
  /** The target's last check. */
  readonly sinceMs: number
  readonly startMs: number
}

/** What was so instead of what was wanted; `undefined` when all of it holds. */
export function ruled({ target, wanted }: Check, known: Known): string | undefined {
  const wrong = wanted.flatMap((each) => against(each, target, known) ?? [])
  return wrong.length === 0 ? undefined : wrong.join('; ')
}

function against(wanted: Wanted, target: string, known: Known): string | undefined {
  const { second, replay, sinceMs } = known
  const about = known.notices.filter(({ notice }) => notice.alerts.some((alert) => alert.target === target))
  const recent = about.filter(({ offsetMs }) => offsetMs > sinceMs)
  const heard = recent.map(({ notifier, notice }) => `${notifier} "${notice.reason}"`).join(', ')
  switch (wanted.kind) {
    case 'verdict': {
      const verdict = second.verdicts.find((each) => each.target.id === target)!
      return verdict.status === wanted.status ? undefined : `${verdict.status}: ${verdict.reason}`
    }
    case 'alert':
      return alertAgainst(wanted, target, replay)
    case 'notice': {
      const found = recent.some(
        ({ notifier, notice }) => notifier === wanted.notifier && notice.reason === wanted.reason,
      )
      return found ? undefined : `notices: ${heard === '' ? 'none' : heard}`
    }
    case 'no_notice': {
      const found = recent.some(
        ({ notifier }) => wanted.notifier === undefined || notifier === wanted.notifier,
      )
      return found ? `notices: ${heard}` : undefined
    }
    case 'events': {
      const count = replay.events.filter(
        (event) => event.type === wanted.type && 'target' in event && event.target === target,
      ).length
      return count === wanted.count ? undefined : `${wanted.type} ${count}`
    }
    case 'notices': {
      const count = about.filter(({ notifier }) => notifier === wanted.notifier).length
      return count === wanted.count ? undefined : `notices ${wanted.notifier} ${count}`
    }
  }
}

function alertAgainst(
  { policy, state, severity, stale }: Extract<Wanted, { readonly kind: 'alert' }>,
  target: string,
  { watch }: Replay,
): string | undefined {
  const watched = watch.watched(target)
  const meant = policy === undefined ? watched[0] : watched.find((each) => each.policy.name === policy)
  if (meant === undefined) return `no policy ${policy ?? ''} for ${target}`
  const { alert } = meant.track
  // What was resolved is quiet too, for who does not care how it came to be.
  const asWanted = alert.state === state || (state === 'quiet' && alert.state === 'resolved')
  const severe = severity === undefined || ('severity' in alert && alert.severity === severity)
  const asStale = stale === undefined || (alert.state === 'firing' && alert.stale)
  return asWanted && severe && asStale ? undefined : `alert ${alertText(alert)}`
}

function alertText(alert: Alert): string {
  if (alert.state === 'quiet' || alert.state === 'pending') return alert.state
  const stale = alert.state === 'firing' && alert.stale ? ' stale' : ''
  return `${alert.state} ${alert.severity}${stale}`
}
