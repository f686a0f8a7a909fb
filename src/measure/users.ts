const BITS = 12

/** Registers of the HyperLogLog: 2¹², standard error 1.04/√4096 = 1.6 %. */
export const REGISTERS: number = 2 ** BITS

/** The highest rank: none of a hash's bits after the register's number is 1. */
const LONGEST = 32 - BITS + 1

/**
 * A fixed 32-bit hash of two texts in turn (FNV-1a over UTF-16 units, then Murmur3's finaliser). Public and unkeyed:
 * it never leaves the process, only the ranks of its bits do.
 */
export function userHash(first: string, second: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < first.length; i++) hash = Math.imul(hash ^ first.charCodeAt(i), 0x01000193)
  // Keeps ("ab", "c") apart from ("a", "bc").
  hash = Math.imul(hash ^ 0xffff, 0x01000193)
  for (let i = 0; i < second.length; i++) hash = Math.imul(hash ^ second.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** Position of the first 1 in the bits after the register's number, 1 … 21. */
export function rankOf(hash: number): number {
  return Math.clz32((hash << BITS) | (1 << (BITS - 1))) + 1
}

/**
 * Distinct users in a span: a HyperLogLog that merges over seconds, threads and processes.
 * Estimator: Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), which needs no
 * switch between ranges.
 */
export class Users {
  readonly #registers = new Uint8Array(REGISTERS)

  merge(registers: Uint8Array): void {
    for (let i = 0; i < REGISTERS; i++) {
      if (registers[i]! > this.#registers[i]!) this.#registers[i] = registers[i]!
    }
  }

  mergeSparse(seen: SparseUsers): void {
    for (let i = 0; i < seen.places.length; i++) {
      const place = seen.places[i]!
      if (seen.ranks[i]! > this.#registers[place]!) this.#registers[place] = seen.ranks[i]!
    }
  }

  estimate(): number {
    const ofRank = registersByRank(this.#registers)
    let z = REGISTERS * tau(1 - ofRank[LONGEST]! / REGISTERS)
    for (let rank = LONGEST - 1; rank >= 1; rank--) z = 0.5 * (z + ofRank[rank]!)
    z += REGISTERS * sigma(ofRank[0]! / REGISTERS)
    const alpha = 0.5 / Math.LN2
    return Math.round((alpha * REGISTERS * REGISTERS) / z)
  }
}

/** A function of its own: V8 made code of the loop within `estimate`, and threw it away after it at nearly every call. */
function registersByRank(registers: Uint8Array): Uint32Array {
  const ofRank = new Uint32Array(LONGEST + 1)
  for (let i = 0; i < REGISTERS; i++) ofRank[registers[i]!]!++
  return ofRank
}

/** The registers of one second that are not empty. */
export interface SparseUsers {
  readonly places: Uint16Array
  readonly ranks: Uint8Array
}

/** Several sketches as one. */
export function uniteUsers(all: readonly SparseUsers[]): SparseUsers {
  if (all.length === 1) return all[0]!
  const registers = new Uint8Array(REGISTERS)
  for (const { places, ranks } of all) {
    for (let i = 0; i < places.length; i++) {
      if (ranks[i]! > registers[places[i]!]!) registers[places[i]!] = ranks[i]!
    }
  }
  return sparseUsers(registers)
}

export function sparseUsers(registers: Uint8Array): SparseUsers {
  const used: number[] = []
  for (let i = 0; i < REGISTERS; i++) if (registers[i] !== 0) used.push(i)
  return { places: Uint16Array.from(used), ranks: Uint8Array.from(used, (place) => registers[place]!) }
}

function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY
  let sum = x
  for (let y = 1, power = x * x; ; y += y, power *= power) {
    const before = sum
    sum += power * y
    if (sum === before) return sum
  }
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let rest = 1 - x
  for (let y = 1, root = x; ; ) {
    root = Math.sqrt(root)
    y *= 0.5
    const before = rest
    rest -= (1 - root) ** 2 * y
    if (rest === before) return rest / 3
  }
}
