import { onGrid, placeOf } from '../../src/measure/bucket.ts'
import { Counts } from '../../src/measure/counts.ts'
import { Window, type WindowView } from '../../src/measure/window.ts'
import { defaultTargets } from '../../src/targets/defaults.ts'
import type { Target } from '../../src/targets/target.ts'

/** An operation as a test tells it: how long it took, whether it failed, in which slot (default 0). */
export interface Told {
  readonly ms: number
  readonly failed?: boolean
  readonly slot?: number
}

/** What a window over these operations holds, with good counted under each limit as a tally does. */
export function latencies(told: readonly Told[], limits: readonly number[]): WindowView {
  return inSlots(told, ({ ms, failed }, counts) => {
    const duration = onGrid(ms)
    counts.histogram.add(placeOf(duration), 1)
    counts.sumMs += duration
    counts.minMs = Math.min(counts.minMs, duration)
    counts.maxMs = Math.max(counts.maxMs, duration)
    if (failed === true) {
      counts.failed++
      return
    }
    counts.ok++
    for (const limitMs of limits) {
      const entry = counts.goods.find((good) => good.limitMs === limitMs)
      const good = duration < limitMs ? 1 : 0
      if (entry === undefined) counts.goods.push({ limitMs, good, covered: 1 })
      else {
        entry.good += good
        entry.covered++
      }
    }
  })
}

/** What a window over these lookups holds. */
export function lookups(told: readonly { readonly hit: boolean; readonly slot?: number }[]): WindowView {
  return inSlots(told, ({ hit }, counts) => {
    counts.ok++
    if (hit) counts.hits++
    else counts.misses++
    counts.histogram.add(0, 1)
    counts.minMs = 0
    counts.maxMs = 0
  })
}

/** So many operations that took so long. */
export function times(count: number, ms: number, more: Omit<Told, 'ms'> = {}): readonly Told[] {
  return Array.from({ length: count }, () => ({ ms, ...more }))
}

/** So many hits and misses. */
export function hitsAndMisses(hits: number, misses: number): WindowView {
  const told = Array.from({ length: hits + misses }, (_, i) => ({ hit: i < hits }))
  return lookups(told)
}

export function byDefault(component: string): Target {
  const target = defaultTargets.find((one) => one.component === component)
  if (target === undefined) throw new RangeError(`no default target for ${component}`)
  return target
}

function inSlots<T extends { readonly slot?: number }>(
  told: readonly T[],
  count: (one: T, counts: Counts) => void,
): WindowView {
  const window = new Window('1min')
  const slots = [...new Set(told.map(({ slot = 0 }) => slot))].sort((one, two) => one - two)
  for (const slot of slots) {
    const counts = new Counts()
    for (const one of told) if ((one.slot ?? 0) === slot) count(one, counts)
    window.add(counts, slot)
  }
  return window.view()
}
