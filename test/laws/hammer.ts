// A worker of tally.test.ts: records as fast as it can while the main thread turns halves and reads.
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { LoopTally } from '../../src/measure/loop-tally.ts'
import { Tally } from '../../src/measure/tally.ts'

export interface HammerTask {
  readonly seed: number
  readonly operations: number
  readonly limits: readonly number[]
}

export interface HammerBuffers {
  readonly loop: SharedArrayBuffer
  readonly tally: SharedArrayBuffer
}

/** The operations of a seed, one after another; the same in every thread. */
export function hammerOperations(
  { seed, operations }: HammerTask,
  visit: (durationMs: number, failed: boolean, hit: boolean) => void,
): void {
  let state = seed
  for (let i = 0; i < operations; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    const bits = state >>> 0
    // 0 … 2¹⁷ ms in steps of 2⁻¹⁴, most of them short.
    visit((bits >>> (bits & 15)) * 2 ** -14, bits % 7 === 0, bits % 3 === 0)
  }
}

function hammer(task: HammerTask): void {
  const loop = new LoopTally()
  const tally = new Tally(loop)
  tally.seedLimits(task.limits)
  parentPort!.postMessage({ loop: loop.buffer, tally: tally.buffer } satisfies HammerBuffers)
  hammerOperations(task, (durationMs, failed, hit) => {
    if (hit) tally.recordRead(durationMs, failed, failed)
    else tally.record(durationMs, failed)
  })
  loop.close()
}

if (!isMainThread) hammer(workerData as HammerTask)
