import { type Alert, type FiringAlert, type PendingAlert, QUIET, type ResolvedAlert } from './alert.ts'
import { applied } from './apply.ts'
import type { BookState, Change } from './book-state.ts'
import type { AlertEvent, HumanEvent, TransitionEvent } from './event.ts'
import { LONGEST_GRACE_MS } from './grace.ts'
import { healthAfter } from './health.ts'
import { isOver, type Maintenance } from './maintenance.ts'
import type { Missed } from './missed.ts'
import { Said, sorted } from './said.ts'
import type { Silence } from './silence.ts'
import type { SuccessEvent } from './success-event.ts'

/** The place of one alert: a target under a policy. Kept by reference, since it is looked at every second. */
export interface Track {
  readonly key: string
  readonly target: string
  readonly policy: string
  alert: Alert
  /** The id of the alert that fired last. */
  fired: string | undefined
}

/** Changes that are remembered: an alert names the last one before it began, however many came since. */
const MOST_CHANGES = 20

/** Injective, whatever the names hold. */
function trackKey(target: string, policy: string): string {
  return `${target.length}:${target}:${policy}`
}

/**
 * Everything that is known about alerts, as a fold over their events: whoever applies the same events knows the same.
 * It decides nothing.
 */
export class Book {
  readonly #tracks = new Map<string, Track>()
  readonly #byId = new Map<string, Track>()
  readonly #open = new Set<Track>()
  readonly #closing = new Map<string, ResolvedAlert>()
  readonly #missed = new Map<string, Missed>()
  readonly #successes = new Map<string, SuccessEvent>()
  readonly #silences = new Map<string, Silence>()
  readonly #maintenance = new Map<string, Maintenance>()
  readonly #said = new Map<string, Said>()
  #changes: readonly Change[] = []
  #startedMs: number | undefined

  track(target: string, policy: string): Track {
    const key = trackKey(target, policy)
    const known = this.#tracks.get(key)
    if (known !== undefined) return known
    const track: Track = { key, target, policy, alert: QUIET, fired: undefined }
    this.#tracks.set(key, track)
    return track
  }

  get open(): readonly (PendingAlert | FiringAlert)[] {
    return [...this.#open].flatMap(({ alert }) =>
      alert.state === 'pending' || alert.state === 'firing' ? [alert] : [],
    )
  }

  get firing(): readonly FiringAlert[] {
    return this.open.filter((alert) => alert.state === 'firing')
  }

  /** An alert by its id, while it is open, the last of its track, or somebody has to hear of its end. */
  alert(id: string): Exclude<Alert, { readonly state: 'quiet' }> | undefined {
    const alert = this.#byId.get(id)?.alert
    return alert === undefined || alert.state === 'quiet' ? this.#closing.get(id) : alert
  }

  resolved(id: string): ResolvedAlert | undefined {
    const alert = this.alert(id)
    return alert?.state === 'resolved' ? alert : undefined
  }

  missed(target: string): Missed | undefined {
    return this.#missed.get(target)
  }

  /** The last success of a target. */
  success(target: string): SuccessEvent | undefined {
    return this.#successes.get(target)
  }

  get successes(): readonly SuccessEvent[] {
    return [...this.#successes.values()]
  }

  /** Those that are not over yet at `atMs`, whether they have begun or not. */
  silences(atMs: number): readonly Silence[] {
    return [...this.#silences.values()].filter(({ untilMs }) => untilMs > atMs)
  }

  /** Added by people, and perhaps over; what is configured is not in here. */
  get maintenance(): readonly Maintenance[] {
    return [...this.#maintenance.values()]
  }

  get lastChange(): Change | undefined {
    return this.#changes.at(-1)
  }

  /** The last change before an instant, as far as they are remembered. */
  changeBefore(ms: number): Change | undefined {
    return this.#changes.findLast(({ atMs }) => atMs <= ms)
  }

  get startedMs(): number | undefined {
    return this.#startedMs
  }

  said(notifier: string): Said {
    return this.#said.get(notifier) ?? new Said(notifier)
  }

  apply(event: AlertEvent): void {
    switch (event.type) {
      case 'pending':
      case 'withdrawn':
      case 'fired':
      case 'escalated':
      case 'de_escalated':
      case 'resolved':
      case 'stale':
      case 'recovering':
      case 'relapsed':
      case 'frozen':
      case 'thawed':
        this.#transition(event)
        return
      case 'missed':
      case 'meeting':
      case 'faltered':
      case 'success': {
        if (event.type === 'success') this.#successes.set(event.target, event)
        const missed = healthAfter(this.#missed.get(event.target), event)
        if (missed === undefined) this.#missed.delete(event.target)
        else this.#missed.set(event.target, missed)
        return
      }
      case 'said': {
        const said = this.said(event.notifier)
        said.apply(event)
        this.#said.set(event.notifier, said)
        this.#forgetClosed()
        return
      }
      case 'checkpoint':
        this.#restore(event.state)
        return
      default:
        this.#commanded(event)
    }
  }

  /** Plain JSON; the same for the same events, in whatever order their targets come. */
  state(): BookState {
    const alerts = [...this.#tracks.values()]
      .filter(({ alert }) => alert.state !== 'quiet')
      .map(({ key, alert }) => ({ key, alert: alert as BookState['alerts'][number] }))
    return {
      alerts: sorted(alerts, ({ key }) => key).map(({ alert }) => alert),
      fired: sorted([...this.#tracks.values()], ({ key }) => key).flatMap(({ target, policy, fired }) =>
        fired === undefined ? [] : [{ target, policy, alert: fired }],
      ),
      closing: sorted([...this.#closing.values()], ({ id }) => id),
      missed: sorted([...this.#missed.values()], ({ target }) => target),
      successes: sorted(this.successes, ({ target }) => target),
      silences: sorted([...this.#silences.values()], ({ id }) => id),
      maintenance: sorted(this.maintenance, ({ name }) => name),
      changes: this.#changes,
      ...(this.#startedMs === undefined ? {} : { startedMs: this.#startedMs }),
      said: sorted(
        [...this.#said.values()].map((said) => said.state()),
        ({ notifier }) => notifier,
      ),
    }
  }

  #transition(event: TransitionEvent): void {
    const track = this.track(event.target, event.policy)
    const before = track.alert
    const after = applied(before, event)
    if (after === before) return
    this.#place(track, after)
    if (event.type === 'fired') track.fired = event.alert
    if (before.state === 'resolved' && this.#anybodyKnows(before.id)) this.#closing.set(before.id, before)
  }

  #place(track: Track, alert: Alert): void {
    if (track.alert.state !== 'quiet') this.#byId.delete(track.alert.id)
    track.alert = alert
    if (alert.state !== 'quiet') this.#byId.set(alert.id, track)
    if (alert.state === 'pending' || alert.state === 'firing') this.#open.add(track)
    else this.#open.delete(track)
  }

  #commanded(event: HumanEvent): void {
    switch (event.type) {
      case 'acknowledged': {
        const track = this.#byId.get(event.alert)
        if (track?.alert.state !== 'firing') return
        const { by, comment, atMs } = event
        track.alert = { ...track.alert, acknowledged: { by, comment, atMs } }
        return
      }
      case 'silenced':
        // Whatever is over goes when something new comes: a fold may not look at the clock.
        for (const { id, untilMs } of this.#silences.values()) {
          if (untilMs <= event.atMs) this.#silences.delete(id)
        }
        this.#silences.set(event.silence.id, event.silence)
        return
      case 'silence_ended':
        this.#silences.delete(event.silence)
        return
      case 'maintenance_added':
        for (const each of this.#maintenance.values()) {
          // Until then nothing may fire because of it.
          if (isOver(each, event.atMs - LONGEST_GRACE_MS)) this.#maintenance.delete(each.name)
        }
        this.#maintenance.set(event.maintenance.name, event.maintenance)
        return
      case 'maintenance_removed':
        this.#maintenance.delete(event.maintenance)
        return
      case 'changed':
        this.#changed({ atMs: event.atMs, name: event.name })
        return
      case 'started':
        this.#startedMs = event.atMs
    }
  }

  #changed(change: Change): void {
    const known = this.#changes.some(({ atMs, name }) => atMs === change.atMs && name === change.name)
    if (!known) this.#changes = [...this.#changes, change].slice(-MOST_CHANGES)
  }

  #anybodyKnows(alert: string): boolean {
    for (const said of this.#said.values()) if (said.knows(alert)) return true
    return false
  }

  #forgetClosed(): void {
    for (const id of this.#closing.keys()) if (!this.#anybodyKnows(id)) this.#closing.delete(id)
  }

  /** Tracks stay the same objects: who watches them holds on to them. */
  #restore(state: BookState): void {
    for (const track of this.#tracks.values()) {
      this.#place(track, QUIET)
      track.fired = undefined
    }
    for (const alert of state.alerts) this.#place(this.track(alert.target, alert.policy), alert)
    for (const { target, policy, alert } of state.fired ?? []) this.track(target, policy).fired = alert
    refill(this.#closing, state.closing, ({ id }) => id)
    refill(this.#missed, state.missed, ({ target }) => target)
    refill(this.#successes, state.successes, ({ target }) => target)
    refill(this.#silences, state.silences, ({ id }) => id)
    refill(this.#maintenance, state.maintenance, ({ name }) => name)
    refill(
      this.#said,
      state.said.map((said) => new Said(said.notifier, said)),
      ({ notifier }) => notifier,
    )
    this.#changes = state.changes ?? (state.lastChange === undefined ? [] : [state.lastChange])
    this.#startedMs = state.startedMs
  }
}

function refill<T>(map: Map<string, T>, items: readonly T[], nameOf: (item: T) => string): void {
  map.clear()
  for (const item of items) map.set(nameOf(item), item)
}
