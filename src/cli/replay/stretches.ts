import { TIERS_MS } from '../../stores/tiers.ts'

/** A stretch of time and how finely it is held; `undefined`: nothing was saved in it. */
export interface Stretch {
  readonly fromMs: number
  readonly toMs: number
  readonly tierMs: number | undefined
}

/** A flush that is late, or a slot that began in the middle, is of its tier still. */
const SLACK = 1.5

/** Joins spans, oldest first, to stretches of one tier. */
export class Stretches {
  readonly #stretches: Stretch[] = []
  #endMs: number

  constructor(startMs: number) {
    this.#endMs = startMs
  }

  add({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): void {
    const tierMs = TIERS_MS.find((each) => toMs - fromMs <= SLACK * each) ?? TIERS_MS.at(-1)!
    if (fromMs - this.#endMs > tierMs) this.#extend(fromMs, undefined)
    this.#extend(toMs, tierMs)
  }

  /** All of them, the last one up to `toMs`. */
  upTo(toMs: number): readonly Stretch[] {
    const last = this.#stretches.at(-1)
    if (toMs - this.#endMs > (last?.tierMs ?? 0)) this.#extend(toMs, undefined)
    return this.#stretches
  }

  #extend(toMs: number, tierMs: number | undefined): void {
    const last = this.#stretches.at(-1)
    if (last !== undefined && last.tierMs === tierMs) this.#stretches.pop()
    const fromMs = last !== undefined && last.tierMs === tierMs ? last.fromMs : this.#endMs
    this.#stretches.push({ fromMs, toMs, tierMs })
    this.#endMs = toMs
  }
}
