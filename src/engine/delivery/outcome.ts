import type { NoticeOutcome } from '../../alerts/history.ts'
import type { Notice } from '../../alerts/notice.ts'

/** What became of a notice at one notifier; told once. A dead letter that is tried again has a second one. */
export interface Outcome {
  readonly notifier: string
  readonly notice: Notice
  readonly atMs: number
  readonly result: NoticeOutcome['result']
}
