import type { Contestant } from '../interleave.ts'
import { durationsMs, MASK } from './durations.ts'

const bits = new Float64Array(1)
const words = new Uint32Array(bits.buffer)
// 64 buckets an octave straight from the bits, 2⁻³² … 2³² ms.
const LOWEST = (1023 - 32) << 6
const counts = new Uint32Array(64 << 6)
const sums = new Float64Array(4)
sums[2] = Number.POSITIVE_INFINITY

function bucket(ms: number): void {
  bits[0] = ms
  counts[(words[1]! >>> 14) - LOWEST]!++
  sums[0]!++
  sums[1]! += ms
  if (ms < sums[2]!) sums[2] = ms
  if (ms > sums[3]!) sums[3] = ms
}

/** What no histogram can do without: one bucket, count, sum, min and max in plain typed arrays. */
export const bareBucket: Contestant = {
  name: 'bare typed-array bucket',
  run: (operations) => {
    for (let i = 0; i < operations; i++) bucket(durationsMs[i & MASK]!)
  },
}

// A place in an array, because V8 boxes a number that a variable holds: that would be measured too.
const sink = new Float64Array(1)

export const emptyLoop: Contestant = {
  name: 'empty loop',
  run: (operations) => {
    for (let i = 0; i < operations; i++) sink[0]! += durationsMs[i & MASK]!
  },
}

export const twoClocks: Contestant = {
  name: 'two clock reads',
  run: (operations) => {
    for (let i = 0; i < operations; i++) {
      const startMs = performance.now()
      sink[0]! += performance.now() - startMs
    }
  },
}

async function work(): Promise<number> {
  return 1
}

export const bareAwait: Contestant = {
  name: 'await of the same async function, unmeasured',
  run: async (operations) => {
    for (let i = 0; i < operations; i++) await work()
  },
}
