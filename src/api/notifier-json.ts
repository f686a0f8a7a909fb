import { z } from 'zod'
import type { LaneState } from '../engine/delivery.ts'
import { ms } from '../ground/decimals.ts'
import { iso } from '../ground/instant.ts'
import { count, instant, milliseconds, named } from './schemas.ts'

/** How a notifier is doing, as the API shows it. */
export interface NotifierJson {
  readonly notifier: string
  readonly circuit: LaneState['circuit']['state']
  readonly reason: string | null
  readonly queued: number
  readonly delivered: number
  readonly failed: number
  readonly dropped: number
  readonly duplicates: number
  readonly claimed_elsewhere: number
  readonly dead: number
  readonly lost: number
  readonly next_attempt: string | null
  readonly last_error: { readonly timestamp: string; readonly message: string } | null
  readonly last_delivered: string | null
  readonly breach_to_notice: {
    readonly last_ms: number
    readonly max_ms: number
    readonly n: number
  } | null
}

export const notifierSchema: z.ZodType<NotifierJson> = z
  .strictObject({
    notifier: z.string(),
    circuit: z
      .enum(['closed', 'open', 'half_open'])
      .describe('open: it is out of order, and is tried again only now and then.'),
    reason: z.string().nullable().describe('Why it is out of order.'),
    queued: count,
    delivered: count,
    failed: count.describe('Attempts.'),
    dropped: count.describe('Notices that a full queue let go; they are among the dead letters.'),
    duplicates: count,
    claimed_elsewhere: count,
    dead: count.describe('Dead letters held now.'),
    lost: count.describe('Dead letters that had to make room for newer ones.'),
    next_attempt: instant.nullable(),
    last_error: z.strictObject({ timestamp: instant, message: z.string() }).nullable(),
    last_delivered: instant.nullable(),
    breach_to_notice: z
      .strictObject({ last_ms: milliseconds, max_ms: milliseconds, n: count })
      .nullable()
      .describe('From the first second over the threshold to the delivered notice.'),
  })
  .register(named, { id: 'Notifier' })

export function notifierJson(lane: LaneState): NotifierJson {
  const { circuit, nextAttemptMs, lastError, lastDeliveredMs, breachToNotice, claimedElsewhere } = lane
  const { notifier, queued, delivered, failed, dropped, duplicates, dead, lost } = lane
  return {
    notifier,
    circuit: circuit.state,
    reason: circuit.state === 'closed' ? null : circuit.reason,
    ...{ queued, delivered, failed, dropped, duplicates, dead, lost },
    claimed_elsewhere: claimedElsewhere,
    next_attempt: isoOrNull(nextAttemptMs),
    last_error:
      lastError === undefined ? null : { timestamp: iso(lastError.atMs), message: lastError.message },
    last_delivered: isoOrNull(lastDeliveredMs),
    breach_to_notice:
      breachToNotice === undefined
        ? null
        : { last_ms: ms(breachToNotice.lastMs), max_ms: ms(breachToNotice.maxMs), n: breachToNotice.count },
  }
}

function isoOrNull(atMs: number | undefined): string | null {
  return atMs === undefined ? null : iso(atMs)
}
