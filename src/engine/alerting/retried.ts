import type { Book } from '../../alerts/book.ts'
import type { Notice } from '../../alerts/notice.ts'

/**
 * A notice that is tried again: an alert that has ended since does not fire in it. Its end was told already, and a
 * receiver that keeps alerts (PagerDuty) would open one that nothing closes.
 */
export function retried(notice: Notice, book: Book): Notice {
  const alerts = notice.alerts.map((alert) => {
    const known = book.alert(alert.id)
    if (alert.state === 'resolved' || known?.state === 'firing') return alert
    const { resolvedMs } = book.resolved(alert.id) ?? {}
    return { ...alert, state: 'resolved' as const, ...(resolvedMs === undefined ? {} : { resolvedMs }) }
  })
  const fires = alerts.some(({ state }) => state === 'firing')
  return { ...notice, alerts, severity: fires ? notice.severity : 'SUCCESS' }
}
