import type { Book } from '../../alerts/book.ts'
import { severityOf, shown } from '../../alerts/due.ts'
import type { Notice, NoticeAlert } from '../../alerts/notice.ts'
import { headlineOf, worstFirst } from '../../alerts/notice-text.ts'

/**
 * A notice that is tried again: an alert that has ended since does not fire in it, and one that has come down since is as
 * low as it is. That was told already, and a receiver that keeps alerts (PagerDuty) would open one that nothing closes, or
 * keep one too high. Where nothing is left of what it was about the end of that is what there is to tell; a notice of an
 * end or a success stays one, whatever else has ended.
 */
export function retried(notice: Notice, book: Book): Notice {
  const alerts = notice.alerts.map((alert) => asOfNow(alert, book))
  if (alerts.every((alert, at) => alert === notice.alerts[at])) return notice
  const { about: first = 1 } = notice
  const [firing, ended] = [alerts.filter(fires), alerts.filter((alert) => !fires(alert))]
  const [now, besides] = [alerts.slice(0, first), alerts.slice(first)]
  const left = now.filter(fires)
  const about = left.length > 0 ? left : worstFirst(now)
  const isOver = left.length === 0 && notice.alerts.slice(0, first).some(fires)
  const isDown = notice.reason === 'escalated' && severityOf(left) === 'WARNING'
  const reason = isOver ? 'resolved' : isDown ? 'de_escalated' : notice.reason
  return {
    ...notice,
    reason,
    ...headlineOf(reason, about, { atMs: notice.atMs, others: firing.length - left.length }),
    severity: severityOf(firing),
    alerts: left.length > 0 ? [...firing, ...ended] : [...about, ...besides],
    about: about.length,
  }
}

function fires({ state }: NoticeAlert): boolean {
  return state === 'firing'
}

function asOfNow(alert: NoticeAlert, book: Book): NoticeAlert {
  const known = book.alert(alert.id)
  if (!fires(alert)) return alert
  if (known?.state === 'firing') {
    // That it has come up since is told by a notice of its own, which comes later.
    const isDown = known.severity === 'WARNING' && alert.severity === 'CRITICAL'
    return isDown ? { ...alert, ...shown(known) } : alert
  }
  // A receiver may know it by the severity that it was told of.
  if (known?.state === 'resolved') return { ...alert, ...shown(known), severity: alert.severity }
  return { ...alert, state: 'resolved' }
}
