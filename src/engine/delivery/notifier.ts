import type { Notice, NoticeAlert } from '../../alerts/notice.ts'

/** Tells people, or a system that does. One file in `src/notifiers`; the engine queues, retries and limits. */
export interface Notifier {
  /** As it is called in the configuration. */
  readonly name: string
  /**
   * Delivers one notice, once: no retry, no time-out of its own beyond `signal`. The same notice may come again (after
   * a crash, or when an answer was lost): its `id` is the same then.
   *
   * @throws DeliveryError saying whether another attempt can help
   */
  deliver(notice: Notice, signal: AbortSignal): Promise<void>
  /**
   * For receivers that forget what they do not hear of: called about once a minute with all that is firing, while
   * something is. It has to be harmless to repeat.
   */
  refresh?(firing: Firing, signal: AbortSignal): Promise<void>
}

/** The alerts of a service that a notifier was told of and that fire on, as it was told of them. */
export interface Firing {
  readonly service: string
  readonly alerts: readonly NoticeAlert[]
  /** Where people read of all alerts, when that is known. */
  readonly url?: string
}
