import type { WindowName } from '../measure/window.ts'
import type { Target } from '../targets/target.ts'

/** The configuration as it holds: complete, valid, frozen. */
export interface Settings {
  readonly service: string
  /** Default and own targets, complete, in the order they are shown. */
  readonly targets: readonly Target[]
  readonly window: WindowName
  readonly port: { readonly host: string; readonly port: number } | 'off'
  /** As `openStore` takes it. */
  readonly store: StoreSettings
  readonly headers: 'none' | 'all'
  readonly serverTiming: 'off' | 'trusted' | 'all'
  /** Patterns over `GET /path`, or over the path alone where they start with a slash. */
  readonly ignore: readonly string[]
  /** Patterns over series of `request`. */
  readonly waits: readonly string[]
  /** Patterns over series of `request` that are logins. */
  readonly logins: readonly string[]
  readonly seriesLimit: number
  readonly componentLimit: number
  readonly access: { readonly token?: string; readonly hosts: readonly string[] }
  readonly disabled: boolean
  /** The configuration file that was read. */
  readonly file?: string
}

export type StoreSettings =
  | { readonly kind: 'sqlite'; readonly options: SqliteSettings }
  | { readonly kind: 'memory'; readonly options: { readonly maxBytes?: number } }

export interface SqliteSettings {
  readonly path: string
  readonly maxBytes: number
  readonly keep: { readonly secondsMs?: number; readonly minutesMs?: number; readonly quartersMs: number }
}

/** Freezes plain data all the way down. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
