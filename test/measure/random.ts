let state = 0x2545f491

/** Uniform in [0, 1), the same in every run: a failure can be repeated. (xorshift32) */
export function random(): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) / 2 ** 32
}
