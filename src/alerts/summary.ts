import { type AlertSeverity, rankOf } from './alert.ts'
import type { AlertEvent } from './event.ts'

/** What alerts amounted to in a span. */
export interface AlertFigures {
  readonly fired: number
  readonly resolved: number
  /** Of the fired ones, how many are not resolved yet. */
  readonly open: number
  /** Mean time from firing to acknowledgement, over those that somebody acknowledged. */
  readonly mttaMs?: number
  /** Mean time from firing to resolution, over those resolved. */
  readonly mttrMs?: number
  /** How often one fired again soon after its predecessor was resolved. */
  readonly flaps: number
}

export interface TargetAlertSummary extends AlertFigures {
  readonly target: string
  readonly worst: AlertSeverity
  /** Time with an alert firing, overlaps counted once. */
  readonly firingMs: number
  readonly longestMs?: number
}

export interface AlertSummary extends AlertFigures {
  readonly fromMs: number
  readonly toMs: number
  /** By how long they fired, longest first. */
  readonly targets: readonly TargetAlertSummary[]
}

interface Life {
  readonly target: string
  readonly policy: string
  readonly firedMs: number
  worst: AlertSeverity
  acknowledgedMs?: number
  resolvedMs?: number
  flap: boolean
}

export interface SummaryOptions {
  /** Alerts that fired in here: `fromMs` ≤ fired < `toMs`. */
  readonly fromMs: number
  readonly toMs: number
  /** Fired again within this counts as a flap. Default 1 h. */
  readonly flapMs?: number
}

const HOUR_MS = 3_600_000

/**
 * Resolution times, MTTA, MTTR and flaps, over all and by target: a fold over the events, in any order that keeps an
 * alert's own. Give events from some while before `fromMs`, so that the first flap of the span is seen.
 */
export function alertSummary(
  events: Iterable<AlertEvent>,
  { fromMs, toMs, flapMs = HOUR_MS }: SummaryOptions,
): AlertSummary {
  const lives = [...livesOf(events, flapMs).values()].filter(
    ({ firedMs }) => firedMs >= fromMs && firedMs < toMs,
  )
  const byTarget = Map.groupBy(lives, ({ target }) => target)
  const targets = [...byTarget].map(([target, own]) => ({ target, ...figures(own, toMs) }))
  const { worst: _worst, firingMs: _firing, longestMs: _longest, ...all } = figures(lives, toMs)
  return { fromMs, toMs, ...all, targets: targets.sort((one, other) => other.firingMs - one.firingMs) }
}

function livesOf(events: Iterable<AlertEvent>, flapMs: number): ReadonlyMap<string, Life> {
  const lives = new Map<string, Life>()
  const lastResolvedMs = new Map<string, number>()
  for (const event of events) {
    if (event.type === 'fired') {
      if (lives.has(event.alert)) continue
      const { target, policy, severity, atMs } = event
      const before = lastResolvedMs.get(JSON.stringify([target, policy]))
      const flap = before !== undefined && atMs - before <= flapMs
      lives.set(event.alert, { target, policy, firedMs: atMs, worst: severity, flap })
      continue
    }
    const life = 'alert' in event ? lives.get(event.alert) : undefined
    if (life === undefined) continue
    if (event.type === 'acknowledged') life.acknowledgedMs ??= event.atMs
    if (event.type === 'escalated' && rankOf(event.severity) > rankOf(life.worst)) life.worst = event.severity
    if (event.type === 'resolved') {
      life.resolvedMs ??= event.atMs
      lastResolvedMs.set(JSON.stringify([life.target, life.policy]), event.atMs)
    }
  }
  return lives
}

function figures(lives: readonly Life[], toMs: number): Omit<TargetAlertSummary, 'target'> {
  const resolutions = lives.flatMap(({ firedMs, resolvedMs }) =>
    resolvedMs === undefined ? [] : resolvedMs - firedMs,
  )
  const reactions = lives.flatMap(({ firedMs, acknowledgedMs }) =>
    acknowledgedMs === undefined ? [] : acknowledgedMs - firedMs,
  )
  const mttaMs = mean(reactions)
  const mttrMs = mean(resolutions)
  return {
    fired: lives.length,
    resolved: resolutions.length,
    open: lives.length - resolutions.length,
    worst: lives.some(({ worst }) => worst === 'CRITICAL') ? 'CRITICAL' : 'WARNING',
    firingMs: covered(lives, toMs),
    ...(mttaMs === undefined ? {} : { mttaMs }),
    ...(mttrMs === undefined ? {} : { mttrMs, longestMs: Math.max(...resolutions) }),
    flaps: lives.filter(({ flap }) => flap).length,
  }
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}

function covered(lives: readonly Life[], toMs: number): number {
  let sumMs = 0
  let reachedMs = Number.NEGATIVE_INFINITY
  for (const { firedMs, resolvedMs } of [...lives].sort((one, other) => one.firedMs - other.firedMs)) {
    const endMs = Math.min(resolvedMs ?? toMs, toMs)
    sumMs += Math.max(0, endMs - Math.max(firedMs, reachedMs))
    reachedMs = Math.max(reachedMs, endMs)
  }
  return sumMs
}
