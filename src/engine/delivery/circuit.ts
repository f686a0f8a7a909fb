/** Failures in a row after which a receiver counts as out of order. */
const FAILURES_TO_OPEN = 5

/** Whether a receiver is in order, as people are shown it. */
export type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  /** Nothing is sent until the wait is over. */
  | { readonly state: 'open'; readonly failures: number; readonly reason: string; readonly sinceMs: number }
  /** One delivery tries whether it is in order again. */
  | {
      readonly state: 'half_open'
      readonly failures: number
      readonly reason: string
      readonly sinceMs: number
    }

export const CLOSED: Circuit = { state: 'closed', failures: 0 }

/** After one more failure that another attempt may mend. */
export function afterFailure(
  circuit: Circuit,
  failure: { readonly reason: string; readonly atMs: number },
): Circuit {
  const failures = circuit.failures + 1
  if (failures < FAILURES_TO_OPEN) return { state: 'closed', failures }
  const sinceMs = circuit.state === 'closed' ? failure.atMs : circuit.sinceMs
  return { state: 'open', failures, reason: failure.reason, sinceMs }
}

/** When the next attempt begins. */
export function onAttempt(circuit: Circuit): Circuit {
  return circuit.state === 'open' ? { ...circuit, state: 'half_open' } : circuit
}
