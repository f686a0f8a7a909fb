/** Under this many slots the spread between them says nothing. */
const FEWEST_SLOTS = 10

/** Good ones (or hits) among what one slot of a window saw. */
export interface SlotShare {
  readonly good: number
  readonly n: number
}

/**
 * How many times wider than by chance alone the good share varies from slot to slot, at least 1. Neighbouring
 * operations are alike (a slow second is slow for all of them), so n of them tell as much as n / effect independent
 * ones. `undefined` under 10 slots: not known.
 *
 * Source: the design effect of cluster sampling, L. Kish, "Survey Sampling" (1965), with the slots as clusters.
 */
export function designEffect(slots: readonly SlotShare[]): number | undefined {
  if (slots.length < FEWEST_SLOTS) return undefined
  let n = 0
  let good = 0
  for (const slot of slots) {
    n += slot.n
    good += slot.good
  }
  const share = good / n
  const byChance = (share * (1 - share)) / n
  if (byChance === 0) return 1
  let squares = 0
  for (const slot of slots) squares += (slot.good - share * slot.n) ** 2
  return Math.max(1, squares / (n * n) / byChance)
}
