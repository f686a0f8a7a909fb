import type { DurationOption } from './duration-option.ts'

/** What is to be told about targets that are missed, when, and to whom. Everything is optional. */
export interface AlertsOptions {
  /** `false`: nothing is evaluated and nobody is told. Default `true`. */
  readonly enabled?: boolean
  /**
   * When alerts fire. What is given here takes the place of the default, `[{ kind: "ratio" }]`: WARNING at 1.5 times the
   * limit, CRITICAL at twice. A target may be watched by several, each with a name of its own.
   */
  readonly policies?: readonly PolicyOptions[]
  /** For so long after a start, a change, the end of a maintenance nothing fires. */
  readonly grace?: GraceOptions
  /** How long the ratio has to be under 1 for "target met again". Default `"10s"`. */
  readonly successAfter?: DurationOption
  /** Times in which nothing fires and nobody is told. Default: none. */
  readonly maintenance?: readonly MaintenanceOptions[]
  /** Hours in which what never was CRITICAL waits. Default: none. */
  readonly quietHours?: readonly QuietHoursOptions[]
  /** What each notifier hears of. A notifier without one hears of everything. */
  readonly routes?: readonly RouteOptions[]
}

/**
 * When an alert fires and resolves.
 *
 * @example { kind: 'ratio', targets: 'request GET /admin/**', warning: 2, critical: 4, for: '1min' }
 */
export interface PolicyOptions {
  /** `ratio`: by how many times over its limit a target is. `burn_rate`: by how fast its error budget is spent. */
  readonly kind: 'ratio' | 'burn_rate'
  /** Unique. Default: the kind. */
  readonly name?: string
  /** Ids of targets, or patterns over them. Default: all. */
  readonly targets?: string | readonly string[]
  /** Components. Default: all. */
  readonly components?: string | readonly string[]
  /** How long it has to be over. Default `"10s"`; `"0s"` for `burn_rate`, whose windows are the hold. */
  readonly for?: DurationOption
  /** How long it has to be under `recovery` times the threshold before it resolves. Default `"60s"`. */
  readonly keepFiringFor?: DurationOption
  /** Share of the threshold under which it recovers, 0.1–1. Default 0.9. */
  readonly recovery?: number
  /** `ratio`: WARNING from so many times the limit on. Default 1.5. */
  readonly warning?: number
  /** `ratio`: CRITICAL from so many times the limit on. Default 2. */
  readonly critical?: number
  /** `ratio`: with fewer operations in the minute nothing is known. Default 20. */
  readonly fewestOperations?: number
  /** Fewest bad operations, in the minute or the long window. Default 5. */
  readonly fewestBad?: number
  /** `burn_rate`: the pairs of windows. Default: those of the SRE workbook that Yardstick's windows can answer. */
  readonly pairs?: readonly PairOptions[]
}

/** @example { severity: 'CRITICAL', long: '1h', short: '5min', factor: 14.4 } */
export interface PairOptions {
  readonly severity: 'WARNING' | 'CRITICAL'
  /** At most a day: whole minutes to an hour, whole quarters of an hour beyond. */
  readonly long: DurationOption
  /** As `long`, and shorter. */
  readonly short: DurationOption
  /** How many times too fast the budget is spent. Lowered where the objective does not allow so much. */
  readonly factor: number
}

export interface GraceOptions {
  /** Default `"2min"`: cold caches, and the minute that they stay in the window. */
  readonly afterStart?: DurationOption
  /** Default `"2min"`. */
  readonly afterChange?: DurationOption
  /** Default `"2min"`. */
  readonly afterMaintenance?: DurationOption
}

/**
 * Recurring (`cron`, `duration`) or once (`from`, `until`).
 *
 * @example { name: 'backup', cron: '30 2 * * *', duration: '1h', timeZone: 'Europe/Berlin', components: 'database' }
 */
export interface MaintenanceOptions {
  /** Unique. */
  readonly name: string
  /** Minute, hour, day of month, month, day of week, in `timeZone`. */
  readonly cron?: string
  readonly duration?: DurationOption
  /** IANA name. Default `"UTC"`. */
  readonly timeZone?: string
  /** ISO 8601 with an offset. */
  readonly from?: string
  readonly until?: string
  /** Ids of targets, or patterns over them. Default: all. */
  readonly targets?: string | readonly string[]
  /** Components. Default: all. */
  readonly components?: string | readonly string[]
}

/** @example { from: '22:00', until: '07:00', timeZone: 'Europe/Berlin' } */
export interface QuietHoursOptions {
  /** `"22:00"` */
  readonly from: string
  /** Not after `from`: on the next day. */
  readonly until: string
  /** IANA name. Default `"UTC"`. */
  readonly timeZone?: string
  /** Days on which they begin. Default: all. */
  readonly days?: readonly ('sun' | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat')[]
}

/** @example { notifier: 'pagerduty', severity: 'CRITICAL', components: ['database', 'request'] } */
export interface RouteOptions {
  /** The notifier's name. */
  readonly notifier: string
  /** Only from this severity on. Default `"WARNING"`. */
  readonly severity?: 'WARNING' | 'CRITICAL'
  /** Ids of targets, or patterns over them. Default: all. */
  readonly targets?: string | readonly string[]
  /** Components. Default: all. */
  readonly components?: string | readonly string[]
  /** Alerts that are alike in this share a notice: `alert`, `target`, `component`, `service`. Default `"component"`. */
  readonly groupBy?: 'alert' | 'target' | 'component' | 'service'
  /** How long news waits for more of its group. Default `"0s"`. */
  readonly groupWait?: DurationOption
  /** How often what goes on firing is told again, from 1 min on, or `"never"`. Default `"4h"`. */
  readonly repeat?: DurationOption | 'never'
  /** Whether "target met again" is told: `after_alert` that was told, `always`, `never`. Default `"after_alert"`. */
  readonly success?: 'after_alert' | 'always' | 'never'
}
