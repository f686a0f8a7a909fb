// A worker of tally.test.ts: records as fast as it can while the main thread turns halves and reads.
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { LoopTally } from '../../src/measure/loop-tally.ts'
import { Tally } from '../../src/measure/tally.ts'

export interface HammerTask {
  readonly seed: number
  readonly limits: readonly number[]
  /** One word: not 0 when the worker should come to an end. */
  readonly stop: SharedArrayBuffer
}

export type HammerMessage =
  | { readonly kind: 'buffers'; readonly loop: SharedArrayBuffer; readonly tally: SharedArrayBuffer }
  | { readonly kind: 'ended'; readonly operations: number }

const BATCH = 10_000

/** Gives the operations of a seed, one after another, the same in every thread. */
export function hammerOperations(
  seed: number,
): (times: number, visit: (durationMs: number, failed: boolean, hit: boolean) => void) => void {
  let state = seed
  return (times, visit) => {
    for (let i = 0; i < times; i++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      const bits = state >>> 0
      // 0 … 2¹⁸ ms in steps of 2⁻¹⁴, most of them short.
      visit((bits >>> (bits & 15)) * 2 ** -14, bits % 7 === 0, bits % 3 === 0)
    }
  }
}

function hammer({ seed, limits, stop }: HammerTask): void {
  const post = (message: HammerMessage) => parentPort!.postMessage(message)
  const loop = new LoopTally()
  const tally = new Tally(loop)
  tally.seedLimits(limits)
  post({ kind: 'buffers', loop: loop.buffer, tally: tally.buffer })
  const next = hammerOperations(seed)
  const stopped = new Int32Array(stop)
  let operations = 0
  for (; Atomics.load(stopped, 0) === 0; operations += BATCH) {
    next(BATCH, (durationMs, failed, hit) => {
      if (hit) tally.recordRead(durationMs, failed, failed)
      else tally.record(durationMs, failed)
    })
  }
  post({ kind: 'ended', operations })
}

if (!isMainThread) hammer(workerData as HammerTask)
