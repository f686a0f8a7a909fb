import type { AlertEvent, WithdrawnReason } from './event.ts'
import { standing } from './notice-text.ts'
import { remarked } from './remarked.ts'

const WITHDRAWN: Readonly<Record<WithdrawnReason, string>> = {
  under: 'under its threshold',
  unknown: 'nothing is measured',
  clock_set_back: 'the clock was set back',
}

/** An event in a line, for people; `undefined` for those that only keep the books. */
export function eventText(event: AlertEvent): string | undefined {
  switch (event.type) {
    case 'pending':
      return `${event.target} pending (${event.policy})`
    case 'withdrawn':
      return `${event.target} quiet again (${event.policy}), ${WITHDRAWN[event.reason]}`
    case 'fired':
      return `${event.target} fired ${event.severity} (${event.policy}): ${standing(event.evidence)}`
    case 'escalated':
      return `${event.target} escalated to ${event.severity} (${event.policy}): ${standing(event.evidence)}`
    case 'de_escalated':
      return `${event.target} down to ${event.severity} (${event.policy}): ${standing(event.evidence)}`
    case 'resolved':
      return `${event.target} resolved (${event.policy})${event.by === undefined ? '' : ` by ${event.by}`}`
    case 'stale':
      return `${event.target} stale (${event.policy}): nothing is measured any more`
    case 'success':
      return `${event.target} met again: ${standing(event.evidence)}`
    case 'acknowledged':
      return remarked(`acknowledged by ${event.by}`, event.comment)
    case 'silenced':
      return remarked(`silenced by ${event.silence.by}`, event.silence.comment)
    case 'silence_ended':
      return `silence ended by ${event.by}`
    case 'maintenance_added':
      return `maintenance ${event.maintenance.name} added by ${event.by}`
    case 'maintenance_removed':
      return `maintenance ${event.maintenance} removed by ${event.by}`
    case 'changed':
      return `change ${event.name}`
    case 'started':
      return 'started'
    case 'said':
      return `notice to ${event.notifier}: ${event.reason}${event.alerts.length > 1 ? ` (it is about ${event.alerts.length} alerts)` : ''}`
    default:
      return undefined
  }
}
