/** The earliest start and the latest end of what was noted. */
export class Spanned {
  fromMs: number = Number.POSITIVE_INFINITY
  toMs: number = Number.NEGATIVE_INFINITY

  note({ from_ms, to_ms }: { readonly from_ms: number; readonly to_ms: number }): void {
    this.fromMs = Math.min(this.fromMs, from_ms)
    this.toMs = Math.max(this.toMs, to_ms)
  }
}
