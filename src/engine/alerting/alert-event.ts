import { ALERT_EVENT_KIND, type AlertEvent } from '../../alerts/event.ts'
import { storedEvent } from '../../alerts/stored-event.ts'
import type { StoredEvent } from '../store.ts'

/** As it is stored. */
export function alertEvent(event: AlertEvent): StoredEvent {
  return { id: `alert ${event.id}`, atMs: event.atMs, kind: ALERT_EVENT_KIND, data: event }
}

/** Whether all that was known then is in it, and nothing older is needed. */
export function isCheckpoint({ kind, data }: StoredEvent): boolean {
  return kind === ALERT_EVENT_KIND && storedEvent(data)?.type === 'checkpoint'
}
