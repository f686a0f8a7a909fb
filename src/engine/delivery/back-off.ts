const FIRST_MS = 1_000
const LONGEST_MS = 60_000

/**
 * How long to wait after so many failures in a row: full jitter, so that many senders do not come back together when
 * a receiver is up again.
 *
 * @param random 0 ≤ … < 1
 */
export function backOffMs(failures: number, random: number): number {
  return random * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 16))
}
