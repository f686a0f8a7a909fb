import { median, quantile } from './statistics.ts'

/** Something that is done many times over. Its loop is its own, so that what V8 learns in it stays there. */
export interface Contestant {
  readonly name: string
  readonly run: (operations: number) => void | Promise<void>
}

export interface Standing {
  readonly name: string
  /** Median over the rounds. */
  readonly ns: number
  /** Median of the ratios to the neighbouring bursts of the base, each within its own round. */
  readonly ratio: number
}

export interface Standings {
  readonly base: Standing
  readonly others: readonly Standing[]
  /** By how much two neighbouring bursts of the base differ: median and 90th percentile, as a share. */
  readonly noise: { readonly median: number; readonly p90: number }
}

export interface InterleaveOptions {
  readonly rounds: number
  /** How long one burst takes, about. */
  readonly burstMs: number
}

/**
 * Runs A B A C A …, round after round: each contestant is compared with the base right before and after it, so that
 * a machine that gets slower or busier for a while spoils single rounds, not the comparison. The first round, in
 * which code is still being compiled, is dropped.
 */
export async function interleave(
  base: Contestant,
  others: readonly Contestant[],
  { rounds, burstMs }: InterleaveOptions,
): Promise<Standings> {
  const sizes = new Map<Contestant, number>()
  for (const contestant of [base, ...others]) sizes.set(contestant, await size(contestant, burstMs))
  const bare: number[] = []
  const differences: number[] = []
  const ns = others.map((): number[] => [])
  const ratios = others.map((): number[] => [])
  for (let round = 0; round <= rounds; round++) {
    const kept = round > 0
    let before = await burst(base, sizes.get(base)!)
    for (const [i, other] of others.entries()) {
      const mine = await burst(other, sizes.get(other)!)
      const after = await burst(base, sizes.get(base)!)
      if (kept) {
        ns[i]!.push(mine)
        ratios[i]!.push(mine / ((before + after) / 2))
        bare.push(after)
        differences.push(Math.abs(after - before) / ((before + after) / 2))
      }
      before = after
    }
  }
  return {
    base: { name: base.name, ns: median(bare), ratio: 1 },
    others: others.map(({ name }, i) => ({ name, ns: median(ns[i]!), ratio: median(ratios[i]!) })),
    noise: { median: median(differences), p90: quantile(differences, 0.9) },
  }
}

/** How many operations fill a burst; running them also gets them compiled. */
async function size(contestant: Contestant, burstMs: number): Promise<number> {
  let operations = 1000
  for (;;) {
    const ms = ((await burst(contestant, operations)) * operations) / 1e6
    if (ms > burstMs / 2) return Math.max(1, Math.round((operations * burstMs) / ms))
    operations *= 2
  }
}

/** @returns ns an operation */
async function burst(contestant: Contestant, operations: number): Promise<number> {
  const begun = process.hrtime.bigint()
  const pending = contestant.run(operations)
  if (pending !== undefined) await pending
  return Number(process.hrtime.bigint() - begun) / operations
}
