import type { Standing, Standings } from '../interleave.ts'
import type { BytesByName } from './allocation.ts'
import { BOUND_CHILD } from './rivals.ts'
import { record, timedFloor, trackAsync, trackSync } from './yardstick.ts'

export interface Outcome {
  readonly goal: string
  readonly found: string
  /** Ratios hold on any machine; nanoseconds were set on one, so a slower one misses them without being wrong. */
  readonly kind: 'ratio' | 'absolute'
  readonly state: 'met' | 'within noise' | 'missed' | 'not measured'
}

/** What the hot path may cost. */
export function outcomes({ base, others, noise }: Standings, bytes: BytesByName): readonly Outcome[] {
  const all = new Map([base, ...others].map((standing): [string, Standing] => [standing.name, standing]))
  const ns = (name: string): number => all.get(name)?.ns ?? Number.NaN
  const recordNs = ns(record.name)
  const ratio = (goal: string, value: number, most: number): Outcome => ({
    goal,
    found: `${value.toFixed(2)} ×`,
    kind: 'ratio',
    state: state(value, most, noise.median),
  })
  const absolute = (goal: string, value: number, most: number, unit: string): Outcome => ({
    goal,
    found: `${value.toFixed(1)} ${unit}`,
    kind: 'absolute',
    state: state(value, most, noise.median),
  })
  const cheaper = ns(BOUND_CHILD) / recordNs
  return [
    ratio('a record costs at most 3 × the bare bucket', all.get(record.name)!.ratio, 3),
    {
      ...ratio('a record is at least 30 × cheaper than a bound prom-client child', cheaper, 0),
      state: state(1 / cheaper, 1 / 30, noise.median),
    },
    ratio(
      'a timed synchronous operation costs at most 1.5 × its floor',
      ns(trackSync.name) / ns(timedFloor.name),
      1.5,
    ),
    absolute('a record takes at most 12 ns', recordNs, 12, 'ns'),
    absolute('an async track() takes at most 400 ns', ns(trackAsync.name), 400, 'ns'),
    absolute('a record allocates nothing', bytes[record.name]!, 0.5, 'bytes'),
  ]
}

function state(value: number, most: number, noise: number): Outcome['state'] {
  if (Number.isNaN(value)) return 'not measured'
  if (value <= most) return 'met'
  // The figures are medians over many rounds: twice what two single bursts differ by is plenty.
  return value <= most * (1 + 2 * noise) ? 'within noise' : 'missed'
}
