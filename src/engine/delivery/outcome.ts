import type { Notice } from '../../alerts/notice.ts'

/** What became of a notice at one notifier; told once. A dead letter that is tried again has a second one. */
export interface Outcome {
  readonly notifier: string
  readonly notice: Notice
  readonly atMs: number
  readonly result:
    | { readonly kind: 'delivered'; readonly attempts: number }
    /** Another process has claimed it, and tells people. */
    | { readonly kind: 'claimed_elsewhere' }
    /** Given up on; it is in the dead letters. */
    | { readonly kind: 'dead'; readonly attempts: number; readonly why: string }
}
