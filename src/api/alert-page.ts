import type { AlertPage } from '../alerts/notice.ts'
import { BASE } from './endpoint.ts'

/**
 * Where people read of alerts: of one its whole timeline, else the list of those that fire.
 *
 * @param publicUrl where Yardstick is reached from outside, with or without `/api/v1/performance`
 * @example alertPage('https://perf.shop.example')('9da9bc6875b0e056d072')
 */
export function alertPage(publicUrl: string): AlertPage {
  const root = publicUrl.replace(/\/+$/, '')
  const list = `${root.endsWith(BASE) ? root : root + BASE}/alerts`
  return (alert) => (alert === undefined ? list : `${list}/${encodeURIComponent(alert)}`)
}
