import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '../../src/engine/store.ts'
import type { Clock } from '../../src/ground/clock.ts'
import { SteppedClock } from '../stepped-clock.ts'

export const NOON_MS: number = Date.UTC(2026, 0, 15, 12)
export const MINUTE_MS = 60_000
export const QUARTER_MS: number = 15 * MINUTE_MS
export const HOUR_MS: number = 60 * MINUTE_MS

/** A store to be put to the test. */
export interface StoreSubject {
  readonly name: string
  /** Opens the store in an empty directory of the test's own; called again with the same one, opens it once more. */
  readonly open: (at: { readonly directory: string; readonly clock: Clock }) => Promise<Store>
  /** Whether handles opened at one place see what the others saved, as processes do. */
  readonly shared: boolean
}

/** A place of one test's own: `handle` opens the store there, as one more process would. */
export interface Place {
  readonly clock: SteppedClock
  readonly handle: () => Promise<Store>
}

/** Runs a test at a new place, and clears it away. */
export type At = (use: (place: Place) => Promise<void>) => Promise<void>

export function placesOf(subject: StoreSubject): At {
  return async (use) => {
    const directory = await mkdtemp(join(tmpdir(), 'yardstick-store-'))
    const clock = new SteppedClock(NOON_MS)
    const handles: Store[] = []
    const handle = async (): Promise<Store> => {
      const store = await subject.open({ directory, clock })
      handles.push(store)
      return store
    }
    try {
      await use({ clock, handle })
    } finally {
      for (const store of handles) await store.close()
      await rm(directory, { recursive: true, force: true })
    }
  }
}
