import type { CacheComponent } from '../measure/cache-layers.ts'
import type { WindowName } from '../measure/window.ts'
import type { AlertsDraft } from './alert-drafts.ts'
import type { TlsOption } from './connections.ts'
import type { NotifierDraft } from './notifier-drafts.ts'

/** Options as they were read: each value in its own unit, nothing filled in, nothing compared with anything else. */
export interface OptionsDraft {
  readonly service?: string
  /** One that is no object is `undefined`: it keeps its place. */
  readonly targets?: readonly (TargetDraft | undefined)[]
  readonly defaults?: boolean
  readonly window?: WindowName
  readonly port?: number | 'off'
  readonly host?: string
  readonly publicUrl?: string
  readonly store?: StoreDraft
  readonly retention?: number
  readonly headers?: 'none' | 'all'
  readonly serverTiming?: 'off' | 'trusted' | 'all'
  readonly runtime?: 'off' | 'on' | 'stacks'
  readonly ignore?: readonly string[]
  readonly waits?: readonly string[]
  readonly logins?: readonly string[]
  readonly layers?: Readonly<Record<string, CacheComponent>>
  readonly seriesLimit?: number
  readonly componentLimit?: number
  readonly access?: AccessDraft
  readonly notifiers?: Readonly<Record<string, NotifierDraft | undefined>>
  readonly alerts?: AlertsDraft
  readonly disabled?: boolean
}

export interface TargetDraft {
  readonly component?: string
  readonly series?: string
  readonly except?: readonly string[]
  readonly p50?: number
  readonly p75?: number
  readonly p90?: number
  readonly p95?: number
  readonly p99?: number
  readonly 'p99.9'?: number
  readonly hitRate?: number
  readonly grades?: GradesDraft
  readonly weight?: number
  readonly id?: string
}

/** In the unit of an indicator that may not be known yet. */
export interface GradesDraft {
  readonly a?: string | number
  readonly b?: string | number
  readonly c?: string | number
  readonly d?: string | number
}

/** Where a database is, and how to speak with it. */
export interface ConnectionDraft {
  readonly url?: string
  readonly ssl?: TlsOption
  readonly schema?: string
  readonly pool?: number
  readonly timeoutMs?: number
}

export interface StoreDraft extends ConnectionDraft {
  readonly kind?: 'sqlite' | 'memory' | 'postgres'
  readonly path?: string
  readonly maxBytes?: number
  readonly options?: StoreOptionsDraft
}

export interface StoreOptionsDraft extends ConnectionDraft {
  readonly path?: string
  readonly maxBytes?: number
  readonly keep?: KeepDraft
}

export interface KeepDraft {
  readonly secondsMs?: number
  readonly fiveSecondsMs?: number
  readonly minutesMs?: number
  readonly quartersMs?: number
}

export interface AccessDraft {
  readonly token?: string
  readonly hosts?: readonly string[]
}
