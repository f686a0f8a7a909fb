import type { Contestant } from '../interleave.ts'
import { durationsMs, MASK } from './durations.ts'

const bits = new Float64Array(1)
const words = new Uint32Array(bits.buffer)
// 64 buckets an octave straight from the bits, 2⁻³² … 2³² ms.
const LOWEST = (1023 - 32) << 6
const BUCKETS = 64 << 6
const COUNT = 0
const SUM = 1
const MIN = 2
const MAX = 3

/** What no histogram can do without: one bucket, count, sum, min and max in plain typed arrays. */
class BareSeries {
  readonly #counts = new Uint32Array(BUCKETS)
  readonly #sums = Float64Array.of(0, 0, Number.POSITIVE_INFINITY, 0)

  record(ms: number): void {
    bits[0] = ms
    this.#counts[(words[1]! >>> 14) - LOWEST]!++
    const sums = this.#sums
    sums[COUNT]!++
    sums[SUM]! += ms
    if (ms < sums[MIN]!) sums[MIN] = ms
    if (ms > sums[MAX]!) sums[MAX] = ms
  }
}

// Taken from an array for each burst: an object that V8 knows for a constant would be compiled into the loop.
const series = Array.from({ length: 64 }, () => new BareSeries())

export const bareBucket: Contestant = {
  name: 'bare typed-array bucket',
  run: (operations) => {
    const one = series[0]!
    for (let i = 0; i < operations; i++) one.record(durationsMs[i & MASK]!)
  },
}

export const bareBuckets: Contestant = {
  name: 'bare typed-array bucket, 64 series in turn',
  run: (operations) => {
    for (let i = 0; i < operations; i++) series[i & 63]!.record(durationsMs[i & MASK]!)
  },
}

// A place in an array, because V8 boxes a number that a variable holds: that would be measured too.
const sink = new Float64Array(1)

export const emptyLoop: Contestant = {
  name: 'empty loop',
  run: (operations) => {
    let sum = 0
    for (let i = 0; i < operations; i++) sum += durationsMs[i & MASK]!
    sink[0] = sum
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
  name: 'await of an async function, unmeasured',
  run: async (operations) => {
    for (let i = 0; i < operations; i++) await work()
  },
}
