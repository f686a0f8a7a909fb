import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Contestant } from '../interleave.ts'
import { median } from '../statistics.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const TRIALS = 15
const OPERATIONS = 4_000

/**
 * Bytes that one operation leaves on the heap, before any collection. Few enough operations a trial that none
 * happens meanwhile; code must have been compiled before.
 */
export async function bytesPerOperation(contestant: Contestant): Promise<number> {
  const grown: number[] = []
  for (let trial = 0; trial < TRIALS; trial++) {
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    const pending = contestant.run(OPERATIONS)
    if (pending !== undefined) await pending
    grown.push(process.memoryUsage().heapUsed - before)
  }
  return median(grown) / OPERATIONS
}
