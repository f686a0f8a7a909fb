import type { AlertOptions } from '../alerts/options.ts'
import type { ThreadSettings } from '../engine/thread/thread-settings.ts'
import type { WindowName } from '../measure/window.ts'
import type { ConnectionDraft } from './drafts.ts'

/** The configuration as it holds: complete, valid, frozen. */
export interface Settings extends ThreadSettings {
  readonly service: string
  readonly window: WindowName
  readonly port: { readonly host: string; readonly port: number } | 'off'
  /** Where people reach Yardstick from outside. */
  readonly publicUrl?: string
  /** As `openStore` takes it. */
  readonly store: StoreSettings
  readonly access: { readonly token?: string; readonly hosts: readonly string[] }
  /** By name, as `openNotifiers` takes them. */
  readonly notifiers: Readonly<Record<string, NotifierSettings>>
  readonly alerts: AlertOptions
  readonly disabled: boolean
  /** The configuration file that was read. */
  readonly file?: string
}

export type StoreSettings =
  | { readonly kind: 'sqlite'; readonly options: SqliteSettings }
  | { readonly kind: 'memory'; readonly options: { readonly maxBytes?: number } }
  | { readonly kind: 'postgres'; readonly options: PostgresSettings }

export interface SqliteSettings {
  readonly path: string
  readonly maxBytes: number
  readonly keep: {
    readonly secondsMs?: number
    readonly fiveSecondsMs?: number
    readonly minutesMs?: number
    readonly quartersMs: number
  }
}

export type NotifierSettings =
  | {
      readonly kind: 'slack'
      readonly options: { readonly url?: string; readonly token?: string; readonly channel?: string }
    }
  | { readonly kind: 'email'; readonly options: EmailSettings }
  | { readonly kind: 'webhook'; readonly options: HttpSettings & { readonly secret?: string } }
  | { readonly kind: 'pagerduty'; readonly options: { readonly routingKey: string; readonly url?: string } }
  | { readonly kind: 'alertmanager'; readonly options: HttpSettings }

interface HttpSettings {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
}

interface EmailSettings {
  readonly host: string
  readonly port?: number
  readonly secure?: boolean
  readonly user?: string
  readonly password?: string
  readonly from: string
  readonly to: readonly string[]
}

export interface PostgresSettings extends ConnectionDraft {
  readonly keep: SqliteSettings['keep']
}

/** Freezes plain data all the way down. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
