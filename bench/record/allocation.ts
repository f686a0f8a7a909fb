import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Contestant } from '../interleave.ts'
import { median } from '../statistics.ts'
import { field } from './contestants.ts'

const OPERATIONS = 10_000
const WARM_UP_BURSTS = 30
const TRIALS = 15

export type BytesByName = Readonly<Record<string, number>>

/**
 * Bytes that one operation of each contestant leaves on the heap before any collection. In a process of its own,
 * whose young generation is so large that a trial fits in: the heap's growth is what was allocated.
 */
export async function allocations(): Promise<BytesByName> {
  const child = fork(fileURLToPath(import.meta.url), {
    execArgv: ['--min-semi-space-size=64', '--max-semi-space-size=64'],
  })
  const [bytes] = (await once(child, 'message')) as [BytesByName]
  return bytes
}

async function bytesPerOperation(contestant: Contestant): Promise<number> {
  for (let i = 0; i < WARM_UP_BURSTS; i++) await contestant.run(OPERATIONS)
  const grown: number[] = []
  for (let trial = 0; trial < TRIALS; trial++) {
    const before = process.memoryUsage().heapUsed
    const pending = contestant.run(OPERATIONS)
    if (pending !== undefined) await pending
    const bytes = process.memoryUsage().heapUsed - before
    // Shrunk: a collection came between.
    if (bytes >= 0) grown.push(bytes)
  }
  return median(grown) / OPERATIONS
}

if (process.send !== undefined) {
  const { base, others } = await field()
  const bytes: Record<string, number> = {}
  for (const contestant of [base, ...others]) bytes[contestant.name] = await bytesPerOperation(contestant)
  process.send(bytes, () => process.disconnect())
}
