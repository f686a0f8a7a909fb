import { ALERT_EVENT_KIND, type AlertEvent } from '../../alerts/event.ts'
import type { StoredEvent } from '../store.ts'

/** As it is stored. */
export function alertEvent(event: AlertEvent): StoredEvent {
  return { id: `alert ${event.id}`, atMs: event.atMs, kind: ALERT_EVENT_KIND, data: event }
}
