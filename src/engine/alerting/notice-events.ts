import type { Due } from '../../alerts/due.ts'
import type { NoticeOutcome } from '../../alerts/history.ts'
import type { Notice } from '../../alerts/notice.ts'
import { storedNotice } from '../../alerts/stored-notice.ts'
import { type Check, either, fields, list, literal, maybe, text, time } from '../../ground/check.ts'
import type { DeadLetter, Outcome } from '../delivery.ts'
import type { StoredEvent } from '../store.ts'

export const NOTICE_KIND = 'notice'
export const OUTCOME_KIND = 'outcome'
const RETRY_KIND = 'retry'

interface NoticeData {
  readonly notifier: string
  readonly notice: Notice
}

interface OutcomeData extends Omit<NoticeOutcome, 'atMs'> {
  readonly of: string
  /** When it ended, where it is stored as of later. */
  readonly endedMs?: number
}

// What a store gives may have been put there by anybody: what is none of ours is passed over.
const isNotice = fields({ notifier: text, notice: (notice) => storedNotice(notice) !== undefined })
const isOutcome = fields({
  of: text,
  notifier: text,
  notice: text,
  endedMs: maybe(time),
  result: either(
    fields({ kind: literal('delivered', 'claimed_elsewhere') }),
    fields({ kind: literal('dead'), why: text }),
  ),
})
const isRetry = fields({ ids: maybe(list(text)) })
const FORMS: ReadonlyMap<string, Check> = new Map([
  [NOTICE_KIND, isNotice],
  [OUTCOME_KIND, isOutcome],
  [RETRY_KIND, isRetry],
])

/** Notices as they are stored, before they are delivered. */
export function noticeEvent({ notifier, notice }: Pick<Due, 'notifier' | 'notice'>): StoredEvent {
  const data: NoticeData = { notifier, notice }
  return { id: idOf(keyOf(data)), atMs: notice.atMs, kind: NOTICE_KIND, data }
}

/**
 * What became of one. It is stored no earlier than its notice, though the clock may have been set back by days since:
 * whoever reads a span with the notice in it reads this, too.
 *
 * @param toldMs when it is handed over, by one who was cut off: whoever judges looks for news of the last half minute
 */
export function outcomeEvent(
  { notifier, notice, atMs: endedMs, result }: Outcome,
  toldMs: number = endedMs,
): StoredEvent {
  const of = keyOf({ notifier, notice })
  const atMs = Math.max(endedMs, notice.atMs, toldMs)
  const data: OutcomeData = { of, notifier, notice: notice.id, endedMs, result }
  // With the kind, since two instances may end the same notice in the same millisecond.
  return { id: `outcome ${of} ${endedMs} ${result.kind}`, atMs, kind: OUTCOME_KIND, data }
}

/** `undefined` for an event of another kind, or one that cannot be read. */
export function outcomeOf({ atMs, kind, data }: StoredEvent): NoticeOutcome | undefined {
  if (kind !== OUTCOME_KIND || !isOutcome(data)) return undefined
  const { notifier, notice, result, endedMs = atMs } = data as OutcomeData
  return { notifier, notice, result, atMs: endedMs }
}

/** The id under which the notice is stored that this is the outcome of; `undefined` as for `outcomeOf`. */
export function settledBy({ kind, data }: StoredEvent): string | undefined {
  return kind === OUTCOME_KIND && isOutcome(data) ? idOf((data as OutcomeData).of) : undefined
}

/** Somebody wants dead letters (those of these notice ids, or all) to be tried again. */
export function retryEvent(id: string, atMs: number, ids: readonly string[] | undefined): StoredEvent {
  return { id: `retry ${id}`, atMs, kind: RETRY_KIND, data: { ids } }
}

/** The notice ids that are to be tried again, `'all'`, or `undefined` as for `outcomeOf`. */
export function retriesOf({ kind, data }: StoredEvent): readonly string[] | 'all' | undefined {
  if (kind !== RETRY_KIND || !isRetry(data)) return undefined
  return (data as { readonly ids?: readonly string[] }).ids ?? 'all'
}

/** Whether it is of one of these kinds, but cannot be read. */
export function isUnreadable({ kind, data }: StoredEvent): boolean {
  return FORMS.get(kind)?.(data) === false
}

/** From the events of a day, oldest first: notices of which nobody knows what became, and those given up on. */
export function noticesIn(stored: readonly StoredEvent[]): {
  readonly open: readonly NoticeData[]
  readonly dead: readonly DeadLetter[]
} {
  const notices = new Map<string, NoticeData>()
  const dead = new Map<string, DeadLetter>()
  for (const { kind, data } of stored) {
    if (kind === NOTICE_KIND && isNotice(data)) notices.set(keyOf(data as NoticeData), data as NoticeData)
  }
  // By a clock that was set back in between, what became of a notice comes before it.
  for (const { kind, data, atMs } of stored) {
    if (kind !== OUTCOME_KIND || !isOutcome(data)) continue
    const { of, result, endedMs = atMs } = data as OutcomeData
    const known = notices.get(of) ?? dead.get(of)
    notices.delete(of)
    dead.delete(of)
    if (known === undefined || result.kind !== 'dead') continue
    const { notifier, notice } = known
    dead.set(of, { notifier, notice, atMs: endedMs, why: result.why, attempts: result.attempts })
  }
  return { open: [...notices.values()], dead: [...dead.values()] }
}

function idOf(key: string): string {
  return `notice ${key}`
}

function keyOf({ notifier, notice }: NoticeData): string {
  return `${notifier} ${notice.id}`
}
