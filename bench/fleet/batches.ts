import { countsOf, presenceOf } from '../../contracts/store/figures.ts'
import type { Batch } from '../../src/engine/store.ts'
import type { Slice } from '../../src/measure/slice.ts'

export const SERVICE = 'fleet'
/** The lease of whoever merges. */
export const JUDGE = 'fleet/judge'
export const SERIES = 100
export const FLUSH_MS = 5_000
/** Operations of one series in one flush: three a second. */
const OPERATIONS = 15
const POOL = 12

let seed = 12_345
function random(): number {
  seed = (seed * 48_271) % 2_147_483_647
  return seed / 2_147_483_647
}

/** Log-normal durations around a median of the series' own, as services have them. */
function durations(medianMs: number): readonly number[] {
  return Array.from({ length: OPERATIONS }, () => {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
    return medianMs * Math.exp(0.4 * normal)
  })
}

// Some flushes of all series, made beforehand so that making them is not measured.
const pool: readonly (readonly Slice[])[] = Array.from({ length: POOL }, () =>
  Array.from({ length: SERIES }, (_, n) => {
    const counts = countsOf({ okMs: durations(1 + n / 4), limitsMs: [25] })
    return { component: 'database', name: `SELECT something FROM table_${n}`, nested: false, counts }
  }),
)

/** What an instance saves at an instant. */
export function fleetBatch(instance: string, flush: number, toMs: number): Batch {
  return {
    service: SERVICE,
    instance,
    flush,
    fromMs: toMs - FLUSH_MS,
    toMs,
    slices: pool[flush % POOL]!,
    events: [],
    presence: presenceOf({}),
  }
}
