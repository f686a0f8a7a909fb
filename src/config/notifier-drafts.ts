import type { NotifierOption } from './notifier-options.ts'

export type NotifierKind = NotifierOption['kind']

/** A notifier as it was read: the options of its kind, beside `kind` or in `options`. */
export interface NotifierDraft extends NotifierFields {
  readonly kind?: NotifierKind
  readonly options?: NotifierFields
}

/** Every option that any of them has. */
export type NotifierFields = Omit<NotifierOption, 'kind' | 'options' | 'to'> & {
  readonly to?: readonly string[]
}
