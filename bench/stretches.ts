/** How long the thread was busy without a break: what everything else on it had to wait. */
export class Stretches {
  readonly #tookMs: number[] = []
  #lastMs = performance.now()
  #going = true

  constructor() {
    const turn = (): void => {
      const nowMs = performance.now()
      this.#tookMs.push(nowMs - this.#lastMs)
      this.#lastMs = nowMs
      if (this.#going) setImmediate(turn)
    }
    setImmediate(turn)
  }

  end(): readonly number[] {
    this.#going = false
    return this.#tookMs
  }
}

export function quantiles(tookMs: readonly number[]): string {
  const sorted = Float64Array.from(tookMs).sort()
  const at = (q: number) => (sorted[Math.floor(q * (sorted.length - 1))] ?? 0).toFixed(2)
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, p99.9 ${at(0.999)} ms, max ${at(1)} ms`
}
