/** Who holds a lease, as stored. */
export interface Lease {
  readonly holder: string
  /** The fencing token: grows with each new holder. */
  readonly token: bigint
  /** The length that was asked for. */
  readonly durationMs: number
  readonly untilMs: number
}

/** What the lease is after somebody asked for it, and whether that one holds it. */
export interface LeaseAnswer {
  readonly lease: Lease
  readonly held: boolean
}

/** Decides who holds a lease. Pure: the store does the reading and writing, in one transaction. */
export function askLease(
  lease: Lease | undefined,
  ask: { readonly holder: string; readonly durationMs: number; readonly nowMs: number },
): LeaseAnswer {
  const { holder, durationMs, nowMs } = ask
  const mine = { holder, durationMs, untilMs: nowMs + durationMs }
  if (lease === undefined) return { lease: { ...mine, token: 1n }, held: true }
  if (lease.holder === holder) return { lease: { ...mine, token: lease.token }, held: true }
  // A clock that was set back must not make a dead holder's lease last for hours: from now on it is never
  // longer than what was asked for. Nor may it end at once: the holder counts on its full length.
  const untilMs = Math.min(lease.untilMs, nowMs + lease.durationMs)
  if (untilMs <= nowMs) return { lease: { ...mine, token: lease.token + 1n }, held: true }
  return { lease: { ...lease, untilMs }, held: false }
}
