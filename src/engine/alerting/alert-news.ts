import type { AlertEvent } from '../../alerts/event.ts'
import { eventText } from '../../alerts/event-text.ts'

type Spoken = Extract<
  AlertEvent,
  {
    readonly type: 'fired' | 'escalated' | 'de_escalated' | 'resolved' | 'stale' | 'success' | 'acknowledged'
  }
>

/** What a callback of `onAlert` hears: an event that people are told of, and the same in words. */
export type AlertNews = Spoken & {
  /** `database fired CRITICAL (ratio): p95 61 ms, limit 25 ms …` */
  readonly text: string
}

/** The news in an event; `undefined` for one that only keeps the books. */
export function alertNews(event: AlertEvent): AlertNews | undefined {
  switch (event.type) {
    case 'fired':
    case 'escalated':
    case 'de_escalated':
    case 'resolved':
    case 'stale':
    case 'success':
    case 'acknowledged':
      return { ...event, text: eventText(event) ?? '' }
    default:
      return undefined
  }
}
