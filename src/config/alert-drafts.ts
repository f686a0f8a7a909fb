/** Options about alerts as they were read: in ms, nothing filled in, nothing compared with anything else. */
export interface AlertsDraft {
  readonly enabled?: boolean
  readonly policies?: readonly (PolicyDraft | undefined)[]
  readonly grace?: GraceDraft
  readonly successAfter?: number
  readonly maintenance?: readonly (MaintenanceDraft | undefined)[]
  readonly quietHours?: readonly (QuietHoursDraft | undefined)[]
  readonly routes?: readonly (RouteDraft | undefined)[]
}

/** Which targets are meant. */
export interface MatchDraft {
  readonly targets?: readonly string[]
  readonly components?: readonly string[]
}

export interface PolicyDraft extends MatchDraft {
  readonly kind?: 'ratio' | 'burn_rate'
  readonly name?: string
  readonly for?: number
  readonly keepFiringFor?: number
  readonly recovery?: number
  readonly warning?: number
  readonly critical?: number
  readonly fewestOperations?: number
  readonly fewestBad?: number
  readonly pairs?: readonly (PairDraft | undefined)[]
}

export interface PairDraft {
  readonly severity?: 'WARNING' | 'CRITICAL'
  readonly long?: number
  readonly short?: number
  readonly factor?: number
}

export interface GraceDraft {
  readonly afterStart?: number
  readonly afterChange?: number
  readonly afterMaintenance?: number
}

export interface MaintenanceDraft extends MatchDraft {
  readonly name?: string
  readonly cron?: string
  readonly duration?: number
  readonly timeZone?: string
  readonly from?: number
  readonly until?: number
}

export interface QuietHoursDraft {
  /** Minutes after midnight. */
  readonly from?: number
  readonly until?: number
  readonly timeZone?: string
  /** 0 is Sunday. */
  readonly days?: readonly number[]
}

export interface RouteDraft extends MatchDraft {
  readonly notifier?: string
  readonly severity?: 'WARNING' | 'CRITICAL'
  readonly groupBy?: 'alert' | 'target' | 'component' | 'service'
  readonly groupWait?: number
  readonly repeat?: number | 'never'
  readonly success?: 'after_alert' | 'always' | 'never'
}
