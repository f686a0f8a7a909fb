import type { Presence } from '../engine/store.ts'
import { YardstickError } from '../ground/errors.ts'
import type { PackedSlice } from '../measure/slice.ts'
import { openCounts, openSlices } from './blob.ts'
import { noPresence, openPresence } from './presence.ts'
import type { OnBad } from './sum.ts'
import { readable } from './written.ts'

/** A series of a cell as its row has it. */
export interface SeriesRow {
  readonly component: string
  readonly name: string
  readonly nested: number | boolean
  readonly packed: Uint8Array
}

/** Opens the series of a cell. What cannot be read is left out and told to `onBad`: one bad row must not hide the others. */
export function seriesSlices(series: readonly SeriesRow[], onBad: OnBad): readonly PackedSlice[] {
  const slices: PackedSlice[] = []
  for (const { component, name, nested, packed: bytes } of series) {
    try {
      const key = { component: readable(component), name: readable(name), nested: Boolean(nested) }
      slices.push({ ...key, packed: openCounts(bytes) })
    } catch (error) {
      tell(error, onBad)
    }
  }
  return slices
}

/** Opens a flush; none of its slices when it cannot be read, which is told to `onBad`. */
export function flushSlices(bytes: Uint8Array, onBad: OnBad): readonly PackedSlice[] {
  try {
    return openSlices(bytes)
  } catch (error) {
    tell(error, onBad)
    return []
  }
}

/** Who saved a flush; nobody when that cannot be read, which is told to `onBad`, or was not kept. */
export function flushPresence(bytes: Uint8Array | null, onBad: OnBad): Presence {
  if (bytes === null) return noPresence()
  try {
    return openPresence(bytes)
  } catch (error) {
    tell(error, onBad)
    return noPresence()
  }
}

function tell(error: unknown, onBad: OnBad): void {
  if (!(error instanceof YardstickError)) throw error
  onBad(error)
}
