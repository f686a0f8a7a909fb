import type { Book } from '../../alerts/book.ts'
import type { AlertEvent } from '../../alerts/event.ts'
import type { NoticeReason } from '../../alerts/notice.ts'
import { storedEvent } from '../../alerts/stored-event.ts'

/** The kind under which one that was cut off leaves its successor what it has told people meanwhile. */
export const TOLD_ALONE_KIND = 'told_alone'

/** As it is stored. */
export interface ToldAlone {
  readonly events: readonly AlertEvent[]
}

/** What was told, with `undefined` for what cannot be read. */
export function toldAloneIn(data: unknown): readonly (AlertEvent | undefined)[] {
  const events = (data as Partial<ToldAlone> | null)?.events
  return Array.isArray(events) ? events.map(storedEvent) : [undefined]
}

/** What one instance can say of a service whose others it does not see: a bad one is enough, a good one proves nothing. */
export function canBeToldAlone(reason: NoticeReason): boolean {
  return reason !== 'resolved' && reason !== 'de_escalated' && reason !== 'success'
}

/** What of it others have to know, so that the end is told to those who were told of the beginning. */
export function beginnings(events: readonly AlertEvent[]): readonly AlertEvent[] {
  return events.filter((event) =>
    event.type === 'said'
      ? canBeToldAlone(event.reason)
      : event.type === 'fired' || event.type === 'escalated',
  )
}

/**
 * Applies what another one told alone, as far as it is news: alerts of which this book does not know that they fired go
 * on firing from here, until the target recovers as the whole service sees it.
 *
 * @returns what was news: to be saved
 */
export function adopted(book: Book, events: readonly AlertEvent[]): readonly AlertEvent[] {
  const news: AlertEvent[] = []
  const mine = new Set<string>()
  for (const event of events) {
    if (event.type === 'fired') {
      const { state } = book.track(event.target, event.policy).alert
      const known = book.alert(event.alert)?.state
      if (state === 'firing' || known === 'firing' || known === 'resolved') continue
      mine.add(event.alert)
    } else if (event.type === 'said') {
      if (event.alerts.some(({ alert }) => book.alert(alert) === undefined)) continue
    } else if (!('alert' in event) || !mine.has(event.alert)) continue
    book.apply(event)
    news.push(event)
  }
  return news
}
