import type { Clock } from '../../ground/clock.ts'
import type { Engine } from '../engine.ts'

const CYCLE_MS = 1_000
/** Between two slots, so that a timer that fires early or late still gives every second its reading. */
const PHASE_MS = 500
/** How long a write may still go to the half that was just retired before it would be read late. */
const SETTLE_MS = 5

/**
 * Drives an engine once a second, aligned to the wall clock each time, so that lateness never adds up.
 *
 * @returns stops it
 */
export function pace(engine: Engine, clock: Clock, onError: (error: unknown) => void): () => void {
  let timer: NodeJS.Timeout
  const schedule = (): void => {
    const nowMs = clock.wallMs()
    const nextMs = (Math.floor((nowMs - PHASE_MS) / CYCLE_MS) + 1) * CYCLE_MS + PHASE_MS
    timer = setTimeout(turn, nextMs - nowMs)
  }
  const turn = (): void => {
    try {
      engine.turn()
    } catch (error) {
      onError(error)
    }
    timer = setTimeout(read, SETTLE_MS)
  }
  const read = (): void => {
    try {
      engine.cycle()
    } catch (error) {
      onError(error)
    }
    // A store that is slow, or gone, holds up nothing.
    engine.tend().catch(onError)
    schedule()
  }
  schedule()
  return () => clearTimeout(timer)
}
