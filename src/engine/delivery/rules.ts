import type { Clock } from '../../ground/clock.ts'
import type { Outcome } from './outcome.ts'

/** What all lanes go by. */
export interface DeliveryRules extends DeliveryLimits {
  readonly clock: Clock
  readonly claim: Claim
  readonly allowed: () => boolean
  readonly onOutcome: (outcome: Outcome) => void
  readonly random: () => number
}

/**
 * Asked just before every attempt: may this process tell this notifier of this notice? It has to say yes again to the
 * one that it said yes to. `false`: another one tells people.
 */
export type Claim = (delivery: { readonly noticeId: string; readonly notifier: string }) => Promise<boolean>

/** Bounds of each lane. */
export interface DeliveryLimits {
  /** Notices waiting for a notifier; beyond it the oldest becomes a dead letter. */
  readonly queueLength: number
  readonly timeoutMs: number
  /** A notice that could not be delivered for so long becomes a dead letter. */
  readonly giveUpMs: number
  readonly deadLetters: number
  /** Ids remembered to drop what comes twice. */
  readonly rememberedIds: number
  /** How often receivers that forget are reminded of what is firing. */
  readonly refreshMs: number
}

export const DELIVERY_LIMITS: DeliveryLimits = {
  // Many: a receiver that is in order must get all that happens in one second.
  queueLength: 1_000,
  timeoutMs: 10_000,
  giveUpMs: 3_600_000,
  deadLetters: 1_000,
  rememberedIds: 5_000,
  refreshMs: 60_000,
}
