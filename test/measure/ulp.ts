const float = new Float64Array(1)
const bits = new BigInt64Array(float.buffer)

/** The next double above one that is positive. */
export function ulpAbove(value: number): number {
  float[0] = value
  bits[0]! += 1n
  return float[0]!
}

/** The next double below one that is positive. */
export function ulpBelow(value: number): number {
  float[0] = value
  bits[0]! -= 1n
  return float[0]!
}
