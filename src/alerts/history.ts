import { type Alert, type FiringAlert, QUIET, type ResolvedAlert } from './alert.ts'
import { applied } from './apply.ts'
import type { AlertEvent } from './event.ts'
import { eventText } from './event-text.ts'

/** What became of a notice at a notifier, as it is stored. */
export interface NoticeOutcome {
  /** The notice's id: that of the event by which it was decided on. */
  readonly notice: string
  readonly notifier: string
  readonly atMs: number
  readonly result:
    | { readonly kind: 'delivered'; readonly attempts: number }
    /** Another process has claimed it, and tells people. */
    | { readonly kind: 'claimed_elsewhere' }
    /** Given up on; it is in the dead letters. */
    | { readonly kind: 'dead'; readonly attempts: number; readonly why: string }
}

export interface TimelineEntry {
  readonly atMs: number
  /** The event's type; of a notice's outcome `delivered`, `claimed_elsewhere` or `dead`. */
  readonly type: string
  readonly text: string
}

/** An alert that has fired, and what happened to it, oldest first. */
export interface AlertHistory {
  readonly alert: FiringAlert | ResolvedAlert
  readonly timeline: readonly TimelineEntry[]
}

interface Life {
  alert: Alert
  readonly timeline: TimelineEntry[]
}

/**
 * The alerts of these events, oldest first, the one that fired last at the front: a fold, whoever asks. An alert that
 * is older than the events is known from a checkpoint among them, its timeline then from there on.
 *
 * @example alertHistory(await desk.events(span), await desk.outcomes(span))[0]?.timeline
 */
export function alertHistory(
  events: Iterable<AlertEvent>,
  outcomes: Iterable<NoticeOutcome> = [],
): readonly AlertHistory[] {
  const lives = new Map<string, Life>()
  const noticed = new Map<string, readonly string[]>()
  const seen = new Set<string>()
  const lifeOf = (id: string): Life => {
    const known = lives.get(id)
    if (known !== undefined) return known
    const life: Life = { alert: QUIET, timeline: [] }
    lives.set(id, life)
    return life
  }
  for (const event of events) {
    // Some stores give an event twice at their seams, and a firing must not come back to life.
    if (seen.has(event.id)) continue
    seen.add(event.id)
    if (event.type === 'checkpoint') {
      for (const alert of [...event.state.alerts, ...event.state.closing]) {
        const life = lifeOf(alert.id)
        if (life.alert.state === 'quiet') life.alert = alert
      }
    } else if (event.type === 'said') {
      const alerts = event.alerts.map(({ alert }) => alert)
      noticed.set(event.id, alerts)
      for (const alert of alerts) note(lives.get(alert), event)
    } else if ('alert' in event) {
      const life = lifeOf(event.alert)
      if (event.type === 'acknowledged') life.alert = acknowledged(life.alert, event)
      else life.alert = applied(life.alert, event)
      // What came to nothing is no part of the alert that has its id later.
      if (event.type === 'withdrawn') life.timeline.length = 0
      else note(life, event)
    }
  }
  for (const outcome of outcomes) {
    for (const alert of noticed.get(outcome.notice) ?? []) {
      const { atMs, result } = outcome
      lives.get(alert)?.timeline.push({ atMs, type: result.kind, text: outcomeText(outcome) })
    }
  }
  return [...lives.values()].flatMap(finished).sort(latestFirst)
}

/** The order of a list of alerts: it stays when more fire. */
export function latestFirst(
  one: { readonly alert: Pick<FiringAlert, 'id' | 'firedMs'> },
  other: { readonly alert: Pick<FiringAlert, 'id' | 'firedMs'> },
): number {
  return other.alert.firedMs - one.alert.firedMs || (one.alert.id < other.alert.id ? -1 : 1)
}

function note(life: Life | undefined, event: AlertEvent): void {
  const text = eventText(event)
  if (text !== undefined) life?.timeline.push({ atMs: event.atMs, type: event.type, text })
}

function acknowledged(alert: Alert, event: Extract<AlertEvent, { readonly type: 'acknowledged' }>): Alert {
  if (alert.state !== 'firing') return alert
  const { by, comment, atMs } = event
  return { ...alert, acknowledged: { by, comment, atMs } }
}

function finished({ alert, timeline }: Life): readonly AlertHistory[] {
  if (alert.state === 'quiet' || alert.state === 'pending') return []
  return [{ alert, timeline: timeline.toSorted((one, other) => one.atMs - other.atMs) }]
}

function outcomeText({ notifier, result }: NoticeOutcome): string {
  switch (result.kind) {
    case 'delivered':
      return `${notifier} delivered${result.attempts === 1 ? '' : ` at attempt ${result.attempts}`}`
    case 'claimed_elsewhere':
      return `${notifier} is told by another process`
    case 'dead':
      return `${notifier} given up after ${count(result.attempts)}: ${result.why}`
  }
}

function count(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`
}
