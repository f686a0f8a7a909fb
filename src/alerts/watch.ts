import type { Target } from '../targets/target.ts'
import type { Verdict } from '../targets/verdict.ts'
import { type AlertIdentity, type FiringAlert, type ResolvedAlert, rankOf } from './alert.ts'
import { Book, type Track } from './book.ts'
import { type BurnStand, burnCondition, burnStands, loudest } from './burn-rate-policy.ts'
import { type Condition, UNKNOWN } from './condition.ts'
import { type CompiledRoute, compiledRoute, type Due, due, hearsOfAll, shown } from './due.ts'
import type { AlertEvent, CheckpointEvent, TargetEvent, TransitionEvent } from './event.ts'
import type { Evidence } from './evidence.ts'
import { type EvidenceDetails, evidenceOf, NO_DETAILS } from './evidence-of.ts'
import { type Grace, graceOf, hushing, type Planned, planned, type ServiceGrace } from './grace.ts'
import { followed } from './health.ts'
import { idOf } from './identity.ts'
import type { Lookback } from './lookback.ts'
import { MaintenanceSchedule } from './maintenance.ts'
import { matching, type Subject } from './matcher.ts'
import type { AlertPage, NoticeAlert } from './notice.ts'
import type { AlertOptions } from './options.ts'
import type { Policy } from './policy.ts'
import { quietAt } from './quiet-hours.ts'
import { ratioCondition } from './ratio-policy.ts'
import { step } from './step.ts'

export interface AlertWatchOptions {
  readonly service: string
  readonly targets: readonly Target[]
  readonly options: AlertOptions
}

/** What a second brings. */
export interface AlertInput {
  readonly atMs: number
  /** Of the 1-minute window. */
  readonly verdicts: readonly Verdict[]
  /** For burn-rate policies; without it they know nothing. */
  readonly lookback?: Lookback
  /** What else belongs in the evidence; asked only when an alert changes. */
  readonly details?: (found: { readonly verdict: Verdict; readonly sinceMs: number }) => EvidenceDetails
}

/** A target under one policy. */
export interface Watched {
  readonly target: Target
  readonly policy: Policy
  readonly track: Track
}

const NONE: readonly never[] = []

/**
 * Watches targets: once a second `step` says what happened, `due` what has to be told now. It holds no clock; what it
 * knows is in its `book`, so that a successor that applies the same events goes on as this one would have.
 *
 * @example
 * const watch = new AlertWatch({ service: 'shop', targets, options: alertDefaults })
 * for (const event of stored) watch.book.apply(event)
 * const events = watch.step({ atMs, verdicts }) // applied already: store them
 * for (const { said, notifier, notice } of watch.due({ atMs })) watch.book.apply(said) // store, then deliver
 */
export class AlertWatch {
  readonly book: Book = new Book()
  readonly service: string
  readonly targets: readonly Target[]
  readonly options: AlertOptions
  readonly #watched = new Map<string, readonly Watched[]>()
  readonly #routes: readonly CompiledRoute[]
  readonly #quietAt: readonly ((atMs: number) => boolean)[]
  readonly #configured: readonly Planned[]
  readonly #added = new Map<string, Planned>()
  #checked = false

  constructor({ service, targets, options }: AlertWatchOptions) {
    this.service = service
    this.targets = targets
    this.options = options
    for (const target of targets) {
      const { id, component } = target
      const watching = options.policies.filter((policy) =>
        matching(policy.match)({ target: id, component, policy: policy.name }),
      )
      this.#watched.set(
        id,
        watching.map((policy) => ({ target, policy, track: this.book.track(id, policy.name) })),
      )
    }
    this.#routes = options.routes.map(compiledRoute)
    this.#quietAt = options.quietHours.map(quietAt)
    this.#configured = options.maintenance.map((each) => planned(new MaintenanceSchedule(each)))
  }

  /** The policies that watch a target, and how it stands under each. */
  watched(target: string): readonly Watched[] {
    return this.#watched.get(target) ?? []
  }

  /** What happened until now. The events are applied already; most seconds there are none. */
  step(input: AlertInput): readonly AlertEvent[] {
    if (!this.options.enabled) return NONE
    const { atMs, verdicts } = input
    let events: AlertEvent[] | undefined
    const note = (made: readonly AlertEvent[]): void => {
      if (made.length === 0) return
      events ??= []
      events.push(...made)
      for (const event of made) this.book.apply(event)
    }
    if (!this.#checked) note(this.#orphaned(atMs))
    this.#checked = true
    const common = this.serviceGrace(atMs)
    const hushed = this.#hushing(atMs)
    for (const verdict of verdicts) {
      note(this.#followed(verdict, input))
      for (const watched of this.watched(verdict.target.id)) {
        const condition = conditionOf(watched.policy, verdict, input.lookback)
        const { alert } = watched.track
        // The usual second: nothing is open and nothing is over.
        if (alert.state === 'quiet' || alert.state === 'resolved') {
          if (!condition.known || condition.over === undefined) continue
        }
        const grace = common !== undefined || hushed.some(({ covers }) => covers(subjectOf(watched)))
        note(this.#stepped(watched, { condition, grace, verdict, input }))
      }
    }
    return events ?? NONE
  }

  /**
   * What has to be told now, for every notifier. Apply (and store) each `said` before its notice is delivered.
   *
   * @param now this second, which a repeated notice and one of an end tell of; without it, they tell of when the alert last
   * changed
   */
  due(asked: {
    readonly atMs: number
    readonly page?: AlertPage
    readonly now?: AlertInput
  }): readonly Due[] {
    const { atMs, page, now } = asked
    if (!this.options.enabled || this.#routes.length === 0) return []
    const { book, service } = this
    const silences = book
      .silences(atMs)
      .filter(({ fromMs }) => fromMs <= atMs)
      .map(({ match }) => matching(match))
    const closed = this.#plans().filter(({ schedule }) => schedule.activeAt(atMs))
    const muted = (subject: Subject): boolean =>
      silences.some((matches) => matches(subject)) || closed.some(({ covers }) => covers(subject))
    const tellable = {
      service,
      atMs,
      firing: book.firing,
      resolved: (alert: string) => book.resolved(alert),
      missed: (target: string) => book.missed(target) !== undefined,
      successes: book.successes,
      muted,
      quiet: this.quietAt(atMs),
      ...(page === undefined ? {} : { page }),
      ...(now === undefined
        ? {}
        : { stands: (alert: FiringAlert | ResolvedAlert) => this.#stands(alert, now) }),
    }
    return this.#routes.flatMap((route) => due(route, book.said(route.route.notifier), tellable))
  }

  /** What a notifier was told of and fires on, as it was told: no silence, route or quiet hour is passed by. */
  told(notifier: string): readonly NoticeAlert[] {
    return [...this.book.said(notifier).told.values()].flatMap(({ alert: id, severity }) => {
      const alert = this.book.alert(id)
      return alert?.state === 'firing' ? [{ ...shown(alert), severity }] : []
    })
  }

  /** Why nothing new fires for any target at an instant, if that is so. */
  serviceGrace(atMs: number): ServiceGrace | undefined {
    return graceOf(this.book, this.options.graceMs, atMs)
  }

  /** The same for one target. */
  grace(subject: Subject, atMs: number): Grace | undefined {
    const common = this.serviceGrace(atMs)
    if (common !== undefined) return common
    const { afterMaintenance } = this.options.graceMs
    const plan = this.#hushing(atMs).find(({ covers }) => covers(subject))
    if (plan === undefined) return undefined
    const { maintenance } = plan.schedule
    const untilMs = plan.schedule.last(atMs)!.untilMs + afterMaintenance
    const underWay = plan.schedule.activeAt(atMs) ? ({ underWay: true } as const) : {}
    return { reason: 'maintenance', untilMs, name: maintenance.name, ...underWay }
  }

  /** Whether these are quiet hours: then what never was CRITICAL waits. */
  quietAt(atMs: number): boolean {
    return this.#quietAt.some((quiet) => quiet(atMs))
  }

  /** Which notifiers would be told of an alert, silences and hours apart. */
  hearing(subject: Subject): readonly string[] {
    return this.#routes
      .filter(({ route, wants }) => rankOf(subject.severity) >= rankOf(route.from) && wants(subject))
      .map(({ route }) => route.notifier)
  }

  /** Everything known as one event, so that whoever restores needs none that is older. Now and then, e.g. hourly. */
  checkpoint(atMs: number): CheckpointEvent {
    return { type: 'checkpoint', id: idOf('checkpoint', this.service, atMs), atMs, state: this.book.state() }
  }

  /** Somebody resolves an alert by hand; `undefined` when it does not fire. If it is still over it fires anew. */
  resolving(command: {
    readonly alert: string
    readonly by: string
    readonly atMs: number
  }): TransitionEvent | undefined {
    const { alert: id, by, atMs } = command
    const alert = this.book.alert(id)
    if (alert?.state !== 'firing') return undefined
    const { target, policy, severity, evidence, transitions } = alert
    const transition = transitions + 1
    const head = { id: `${id}.${transition}.resolved`, atMs, alert: id, target, policy }
    return { ...head, type: 'resolved', transition, severity, evidence, by }
  }

  #followed(verdict: Verdict, input: AlertInput): readonly TargetEvent[] {
    const { target } = verdict
    const missed = this.book.missed(target.id)
    if (missed === undefined && verdict.status !== 'missed') return NONE
    return followed(missed, verdict, {
      atMs: input.atMs,
      successAfterMs: this.options.successAfterMs,
      spell: (sinceMs) =>
        idOf(this.service, target.id, this.book.success(target.id)?.id ?? '', this.book.startedMs ?? sinceMs),
      evidence: (sinceMs) => this.#evidence({ target, verdict, input, sinceMs }),
      awaitedBy: () =>
        this.#routes
          .filter((each) => hearsOfAll(each, { target: target.id, component: target.component }))
          .map(({ route }) => route.notifier),
    })
  }

  #stepped(
    { target, policy, track }: Watched,
    now: {
      readonly condition: Condition
      readonly grace: boolean
      readonly verdict: Verdict
      readonly input: AlertInput
    },
  ): readonly TransitionEvent[] {
    const { condition, grace, verdict, input } = now
    return step(track.alert, {
      atMs: input.atMs,
      condition,
      terms: policy,
      grace,
      identity: (sinceMs) => {
        const id = idOf(
          ...[this.service, target.id, policy.name],
          ...[track.fired ?? '', this.book.startedMs ?? sinceMs],
        )
        return identityOf(id, target, policy)
      },
      evidence: (sinceMs) => this.#evidence({ target, verdict, input, sinceMs, policy }),
    })
  }

  #stands(
    { target: id, policy: name, sinceMs }: FiringAlert | ResolvedAlert,
    input: AlertInput,
  ): Evidence | undefined {
    const verdict = input.verdicts.find(({ target }) => target.id === id)
    const policy = this.watched(id).find((each) => each.policy.name === name)?.policy
    if (policy === undefined || verdict === undefined || verdict.status === 'unknown') return undefined
    return this.#evidence({ target: verdict.target, verdict, input, sinceMs, policy })
  }

  #evidence(facts: {
    readonly target: Target
    readonly verdict: Verdict
    readonly input: AlertInput
    readonly sinceMs: number
    readonly policy?: Policy
  }): Evidence {
    const { target, verdict, input, sinceMs, policy } = facts
    const stand = policy === undefined ? undefined : standOf(policy, target, input.lookback)
    const details = policy === undefined ? NO_DETAILS : (input.details?.({ verdict, sinceMs }) ?? NO_DETAILS)
    const lastChange = this.book.changeBefore(sinceMs)
    const known = lastChange === undefined ? details : { lastChange, ...details }
    return evidenceOf({ atMs: input.atMs, sinceMs, target, verdict, stand, details: known })
  }

  /** Open alerts of targets or policies that the configuration no longer has would stay open for ever. */
  #orphaned(atMs: number): readonly TransitionEvent[] {
    return this.book.open.flatMap((alert): readonly TransitionEvent[] => {
      const { id, target, policy } = alert
      if (this.watched(target).some((each) => each.policy.name === policy)) return []
      if (alert.state === 'firing') return [this.resolving({ alert: id, by: 'configuration', atMs })!]
      const head = { id: `${id}.withdrawn.${atMs}`, atMs, alert: id, target, policy }
      return [{ ...head, type: 'withdrawn', reason: 'unknown' }]
    })
  }

  #hushing(atMs: number): readonly Planned[] {
    const plans = this.#plans()
    return plans.length === 0 ? plans : hushing(plans, atMs, this.options.graceMs.afterMaintenance)
  }

  /** Configured and added maintenance; a schedule remembers its last answer, so it is kept. */
  #plans(): readonly Planned[] {
    const { maintenance } = this.book
    if (maintenance.length === 0) return this.#configured
    const added = maintenance.map((each) => {
      const known = this.#added.get(each.name)
      if (known?.schedule.maintenance === each) return known
      const plan = planned(new MaintenanceSchedule(each))
      this.#added.set(each.name, plan)
      return plan
    })
    return [...this.#configured, ...added]
  }
}

function identityOf(id: string, target: Target, policy: Policy): AlertIdentity {
  const { id: name, component, series } = target
  const named = series === undefined ? {} : { series }
  return { id, target: name, policy: policy.name, kind: policy.kind, component, ...named }
}

export function conditionOf(policy: Policy, verdict: Verdict, lookback: Lookback | undefined): Condition {
  if (policy.kind === 'ratio') return ratioCondition(policy, verdict)
  return lookback === undefined ? UNKNOWN : burnCondition(policy, verdict.target, lookback)
}

function standOf(policy: Policy, target: Target, lookback: Lookback | undefined): BurnStand | undefined {
  if (policy.kind !== 'burn_rate' || lookback === undefined) return undefined
  return loudest(burnStands(policy, target, lookback))
}

function subjectOf({ target: { id, component }, policy }: Watched): Subject {
  return { target: id, component, policy: policy.name }
}
