import { type FiringAlert, type ResolvedAlert, rankOf } from './alert.ts'
import type { SaidEvent } from './event.ts'
import type { Evidence } from './evidence.ts'
import { idOf } from './identity.ts'
import type { Matcher } from './matcher.ts'
import { matching, type Subject } from './matcher.ts'
import type { AlertPage, Notice, NoticeAlert, NoticeReason, NoticeSeverity } from './notice.ts'
import { headlineOf, worstFirst } from './notice-text.ts'
import type { Route } from './route.ts'
import { type Said, sorted } from './said.ts'
import type { SuccessEvent } from './success-event.ts'
import type { Told } from './told.ts'

/** One notice that has to go out now, and the event that makes it said. Claim the event first, then deliver. */
export interface Due {
  readonly notifier: string
  readonly notice: Notice
  readonly said: SaidEvent
}

/** What there is to tell of. */
export interface Tellable {
  readonly service: string
  readonly atMs: number
  readonly firing: readonly FiringAlert[]
  /** A resolved alert by its id, while somebody may have to hear of it. */
  readonly resolved: (alert: string) => ResolvedAlert | undefined
  readonly missed: (target: string) => boolean
  readonly successes: readonly SuccessEvent[]
  /** Silences and maintenance: news is kept back, what was told may still be closed. */
  readonly muted: (subject: Subject) => boolean
  /** Quiet hours: what never was CRITICAL waits. */
  readonly quiet: boolean
  readonly page?: AlertPage
  /** How an alert stands now; `undefined` where nothing is measured. */
  readonly stands?: (alert: FiringAlert | ResolvedAlert) => Evidence | undefined
}

/** A route with its matchers compiled. */
export interface CompiledRoute {
  readonly route: Route
  readonly wants: (subject: Subject) => boolean
}

export function compiledRoute(route: Route): CompiledRoute {
  const matchers = route.match.map((matcher: Matcher) => matching(matcher))
  return {
    route,
    wants: (subject) => matchers.length === 0 || matchers.some((matches) => matches(subject)),
  }
}

/** Whether every success of a target is told by a route, not only those after an alert. */
export function hearsOfAll({ route, wants }: CompiledRoute, of: Subject): boolean {
  return route.success === 'always' && wants(of)
}

interface News {
  readonly reason: NoticeReason
  readonly alert: NoticeAlert
  readonly sinceMs: number
  /** The event that is told. */
  readonly event: string
  readonly settles?: { readonly target: string; readonly event?: string }
}

/** One that is older is no news to a notifier that is new since, or did not want to hear of all by then. */
const SUCCESS_IS_NEWS_MS = 86_400_000

// What speaks for a notice that has several reasons, the most urgent first.
const URGENCY: readonly NoticeReason[] = [
  'fired',
  'escalated',
  'stale',
  'de_escalated',
  'resolved',
  'success',
  'repeated',
]

/**
 * What one notifier has to be told now: the difference between what is and what it was told, so that nothing is told
 * twice and nothing is lost by a restart, a silence or quiet hours. Every notice has a named reason for speaking now.
 */
export function due({ route, wants }: CompiledRoute, said: Said, tellable: Tellable): readonly Due[] {
  const { atMs } = tellable
  const news = new Map<string, News[]>()
  const told = new Map<string, FiringAlert[]>()
  const add = (group: string, each: News): void => {
    const known = news.get(group)
    if (known === undefined) news.set(group, [each])
    else known.push(each)
  }

  for (const each of tellable.firing) {
    const before = said.told.get(each.id)
    const alert = before === undefined ? each : untilItsEnd(each, before)
    const wanted = rankOf(alert.severity) >= rankOf(route.from) && wants(subjectOf(alert))
    if (before === undefined && !wanted) continue
    if (tellable.muted(subjectOf(alert)) || (tellable.quiet && alert.worst !== 'CRITICAL')) continue
    const group = before?.group ?? groupOf(route, tellable.service, alert)
    const reason = reasonFor(alert, before)
    if (reason !== undefined) {
      // A step down that is told after a relapse was decided on before it.
      const item = reason === 'de_escalated' ? current(alert, tellable) : shown(alert)
      add(group, { reason, alert: item, sinceMs: alert.lastEventMs, event: alert.lastEvent })
    }
    const known = told.get(group)
    if (known === undefined) told.set(group, [alert])
    else known.push(alert)
  }
  for (const before of said.told.values()) {
    const alert = tellable.resolved(before.alert)
    if (alert === undefined || (tellable.quiet && alert.worst !== 'CRITICAL')) continue
    // Where the target is met again by then, this one notice tells of both.
    const settled = route.success === 'never' || !tellable.missed(alert.target)
    const settles = settled ? { settles: settling(alert.target, tellable) } : {}
    const { resolvedMs: sinceMs, lastEvent: event } = alert
    // Its end is told of what was told: a receiver may know it by its severity.
    const ended = { ...current(alert, tellable), severity: before.severity }
    add(before.group, { reason: 'resolved', alert: ended, sinceMs, event, ...settles })
  }
  if (route.success !== 'never' && !tellable.quiet) {
    for (const each of successesFor(route, wants, said, tellable)) add(each.group, each.news)
  }

  const dues: Due[] = []
  for (const [group, firing] of told) {
    if (news.has(group)) continue
    const last = said.groups.get(group)
    const waiting = firing.filter((alert) => alert.acknowledged === undefined)
    const { repeatMs } = route
    if (last === undefined || repeatMs === undefined || waiting.length === 0 || atMs - last.atMs < repeatMs)
      continue
    news.set(
      group,
      waiting.map((alert) => ({
        reason: 'repeated',
        alert: current(alert, tellable),
        sinceMs: last.atMs,
        event: last.notice,
      })),
    )
  }
  for (const [group, each] of news) {
    const oldestMs = Math.min(...each.map(({ sinceMs }) => sinceMs))
    if (atMs - oldestMs < route.groupWaitMs) continue
    dues.push(dueOf(route, group, each, told.get(group) ?? [], tellable))
  }
  return sorted(dues, ({ notice }) => notice.group)
}

function settling(target: string, { successes }: Tellable): NonNullable<News['settles']> {
  const event = successes.find((success) => success.target === target)?.id
  return event === undefined ? { target } : { target, event }
}

/**
 * One that is under every threshold is about to end, and its end is what there is to tell: until then it stays as it was
 * told, and the step down is news only if it relapses.
 */
function untilItsEnd(alert: FiringAlert, { severity }: Told): FiringAlert {
  const steppedDown = rankOf(alert.severity) < rankOf(severity)
  return steppedDown && alert.clearingFromMs !== undefined ? { ...alert, severity } : alert
}

function reasonFor(alert: FiringAlert, before: Told | undefined): NoticeReason | undefined {
  if (before === undefined) return 'fired'
  if (alert.severity !== before.severity) return alert.severity === 'CRITICAL' ? 'escalated' : 'de_escalated'
  // Measured for a while and lost again, it is so anew.
  const { transitions = alert.transitions } = before
  return alert.stale && (!before.stale || transitions < alert.transitions) ? 'stale' : undefined
}

function* successesFor(
  route: Route,
  wants: (subject: Subject) => boolean,
  said: Said,
  { service, atMs, successes, missed, muted }: Tellable,
): Generator<{ readonly group: string; readonly news: News }> {
  const open = new Set([...said.told.values()].map(({ target }) => target))
  for (const success of successes) {
    const { target, id: event, atMs: sinceMs, awaitedBy } = success
    const isNews = atMs - sinceMs < SUCCESS_IS_NEWS_MS || awaitedBy?.includes(route.notifier) === true
    // While an alert of the target is open its resolution will tell of both.
    if (missed(target) || open.has(target) || said.successes.get(target) === event) continue
    const owed = said.owed.get(target)
    if (owed === undefined && (!isNews || !hearsOfAll({ route, wants }, success) || muted(success))) continue
    const alert = recovered(success, owed?.alert ?? event)
    const group = owed?.group ?? groupOf(route, service, { ...success, id: event })
    yield { group, news: { reason: 'success', alert, sinceMs, event, settles: { target, event } } }
  }
}

function dueOf(
  route: Route,
  group: string,
  news: readonly News[],
  firing: readonly FiringAlert[],
  { service, atMs, page }: Tellable,
): Due {
  const { notifier } = route
  const reason = URGENCY.find((each) => news.some((item) => item.reason === each))!
  const about = news.filter((each) => each.reason === reason).map(({ alert }) => alert)
  const besides = news.filter((each) => each.reason !== reason).map(({ alert }) => alert)
  const told = new Set(news.map(({ alert }) => alert.id))
  const others = firing.filter(({ id }) => !told.has(id)).map((alert) => shown(alert))
  // What is new comes first: of a long list people see the beginning.
  const alerts = [about, besides, others].flatMap(worstFirst).map((alert) => withPage(alert, page))
  const events = sorted(
    news.map(({ event }) => event),
    (event) => event,
  )
  const id = idOf(service, notifier, group, reason, ...events)
  const notice: Notice = {
    id,
    reason,
    ...headlineOf(reason, about, {
      atMs,
      others: [...besides, ...others].filter(({ state }) => state === 'firing').length,
    }),
    service,
    atMs,
    severity: severityOf(firing),
    alerts,
    about: about.length,
    group,
    ...(page === undefined ? {} : { url: (alerts.length === 1 ? alerts[0]!.url : undefined) ?? page() }),
  }
  return { notifier, notice, said: saidOf(notifier, notice, { firing, news }) }
}

/** Of a notice, by what fires in it. */
export function severityOf(firing: readonly Pick<NoticeAlert, 'severity'>[]): NoticeSeverity {
  if (firing.length === 0) return 'SUCCESS'
  return firing.some(({ severity }) => severity === 'CRITICAL') ? 'CRITICAL' : 'WARNING'
}

function saidOf(
  notifier: string,
  { id, atMs, group, reason }: Notice,
  { firing, news }: { readonly firing: readonly FiringAlert[]; readonly news: readonly News[] },
): SaidEvent {
  const open = firing.map(({ id: alert, target, severity, stale, transitions }) => ({
    ...{ alert, target, severity, stale, transitions },
    resolved: false,
  }))
  const closed = news
    .filter((each) => each.reason === 'resolved')
    .map(({ alert: { id: alert, target } }) => ({
      alert,
      target,
      severity: 'WARNING' as const,
      stale: false,
      resolved: true,
    }))
  const successes = news.flatMap(({ settles }) => settles ?? [])
  return { type: 'said', id, atMs, notifier, group, reason, alerts: [...open, ...closed], successes }
}

function subjectOf({ id: alert, target, component, severity, policy }: FiringAlert): Subject {
  return { alert, target, component, severity, policy }
}

function groupOf(
  { groupBy }: Route,
  service: string,
  alert: { readonly id: string; readonly target: string; readonly component: string },
): string {
  const part = { alert: alert.id, target: alert.target, component: alert.component, service: undefined }[
    groupBy
  ]
  return part === undefined ? service : `${service}/${part}`
}

/** A target that is met again without that an alert had fired has no page. */
export function withPage(alert: NoticeAlert, page: AlertPage | undefined): NoticeAlert {
  return page === undefined || alert.severity === 'SUCCESS' ? alert : { ...alert, url: page(alert.id) }
}

/** An alert as a notice tells of it. */
export function shown(alert: FiringAlert | ResolvedAlert): NoticeAlert {
  const { id, target, component, series, policy, kind, state, severity, firedMs, acknowledged, evidence } =
    alert
  return {
    id,
    target,
    component,
    ...(series === undefined ? {} : { series }),
    policy: kind,
    ...(policy === kind ? {} : { policyName: policy }),
    state,
    severity,
    firedMs,
    ...(alert.state === 'resolved' ? ending(alert) : {}),
    ...(acknowledged === undefined
      ? {}
      : { acknowledged: { by: acknowledged.by, comment: acknowledged.comment } }),
    evidence,
  }
}

function ending({ resolvedMs, resolvedBy }: ResolvedAlert): Pick<NoticeAlert, 'resolvedMs' | 'resolvedBy'> {
  return { resolvedMs, ...(resolvedBy === undefined ? {} : { resolvedBy }) }
}

/** As it stands now: hours later, or where somebody ends it by hand, what it was decided on is no news. */
function current(alert: FiringAlert | ResolvedAlert, { stands }: Tellable): NoticeAlert {
  return { ...shown(alert), evidence: stands?.(alert) ?? alert.evidence }
}

function recovered(success: SuccessEvent, id: string): NoticeAlert {
  const { target, component, series, atMs, missedMs, evidence } = success
  return {
    id,
    target,
    component,
    ...(series === undefined ? {} : { series }),
    policy: 'ratio',
    state: 'resolved',
    severity: 'SUCCESS',
    firedMs: atMs - missedMs,
    resolvedMs: atMs,
    evidence,
  }
}
