import type { NotifierOption } from './notifier-options.ts'

export type NotifierKind = NotifierOption['kind']

/** A notifier as it was read: the options of its kind, beside `kind` or in `options`. */
export interface NotifierDraft extends NotifierFields {
  readonly kind?: NotifierKind
  readonly options?: NotifierFields
}

/** Every option that any of them has. */
export interface NotifierFields {
  readonly url?: string
  readonly token?: string
  readonly channel?: string
  readonly host?: string
  readonly port?: number
  readonly secure?: boolean
  readonly user?: string
  readonly password?: string
  readonly from?: string
  readonly to?: readonly string[]
  readonly secret?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly routingKey?: string
}
