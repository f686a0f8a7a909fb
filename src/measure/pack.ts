import { GRID_MS } from './bucket.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import { Counts } from './counts.ts'
import { LEVELS, Levels } from './levels.ts'

const HAS_LOOKUPS = 1
const HAS_BREAKDOWN = 2
const HAS_LEVELS = 4
const HAS_EXTREMES = 8

/**
 * Counts as bytes, about two a bucket: what closed slots are kept as and what stores save. Exact: every sum lies on
 * the grid and is written as a whole number of grid steps. `unpackCounts` is its inverse.
 */
export function packCounts(counts: Counts): Uint8Array {
  const out = new ByteWriter()
  const lookups = counts.lookups > 0
  // A write that was held up can count its outcome a reading later than its duration.
  const extremes = counts.minMs <= counts.maxMs
  out.uint(
    (lookups ? HAS_LOOKUPS : 0) +
      (counts.breakdown === undefined ? 0 : HAS_BREAKDOWN) +
      (counts.levels === undefined ? 0 : HAS_LEVELS) +
      (extremes ? HAS_EXTREMES : 0),
  )
  out.uint(counts.ok)
  out.uint(counts.failed)
  if (lookups) {
    out.uint(counts.hits)
    out.uint(counts.misses)
  }
  steps(out, counts.sumMs)
  packHistogram(out, counts)
  if (extremes) {
    steps(out, counts.minMs)
    steps(out, counts.maxMs)
  }
  out.uint(counts.goods.length)
  for (const { limitMs, good, covered } of counts.goods) {
    steps(out, limitMs)
    out.uint(good)
    out.uint(covered)
  }
  if (counts.breakdown !== undefined) {
    steps(out, counts.ownMs)
    out.uint(counts.breakdown.size)
    for (const [component, share] of counts.breakdown) {
      out.text(component)
      out.uint(share.calls)
      steps(out, share.wallMs)
    }
  }
  if (counts.levels !== undefined) packLevels(out, counts.levels)
  return out.finish()
}

/** Reads packed counts back. Throws a RangeError on bytes that end too early. */
export function unpackCounts(bytes: Uint8Array): Counts {
  const from = new ByteReader(bytes)
  const counts = new Counts()
  const has = from.uint()
  counts.ok = from.uint()
  counts.failed = from.uint()
  if (has & HAS_LOOKUPS) {
    counts.hits = from.uint()
    counts.misses = from.uint()
  }
  counts.sumMs = from.uint() * GRID_MS
  for (let left = from.uint(), place = 0; left > 0; left--) {
    place += from.uint()
    counts.histogram.add(place, from.uint())
  }
  if (has & HAS_EXTREMES) {
    counts.minMs = from.uint() * GRID_MS
    counts.maxMs = from.uint() * GRID_MS
  }
  for (let left = from.uint(); left > 0; left--) {
    counts.goods.push({ limitMs: from.uint() * GRID_MS, good: from.uint(), covered: from.uint() })
  }
  if (has & HAS_BREAKDOWN) {
    counts.ownMs = from.uint() * GRID_MS
    counts.breakdown = new Map()
    for (let left = from.uint(); left > 0; left--) {
      counts.breakdown.set(from.text(), { calls: from.uint(), wallMs: from.uint() * GRID_MS })
    }
  }
  if (has & HAS_LEVELS) counts.levels = unpackLevels(from)
  return counts
}

function steps(out: ByteWriter, ms: number): void {
  out.uint(Math.round(ms / GRID_MS))
}

function packHistogram(out: ByteWriter, counts: Counts): void {
  const entries = [...counts.histogram.entries()]
  out.uint(entries.length)
  let last = 0
  for (const [place, count] of entries) {
    out.uint(place - last)
    out.uint(count)
    last = place
  }
}

function packLevels(out: ByteWriter, levels: Levels): void {
  const used = Array.from({ length: LEVELS }, (_, level) => level).filter(
    (level) => levels.completed[level] !== 0 || levels.timeMs[level] !== 0,
  )
  out.uint(used.length)
  for (const level of used) {
    out.uint(level)
    out.uint(levels.completed[level]!)
    steps(out, levels.timeMs[level]!)
  }
}

function unpackLevels(from: ByteReader): Levels {
  const levels = new Levels()
  for (let left = from.uint(); left > 0; left--) {
    const level = from.uint()
    levels.completed[level] = from.uint()
    levels.timeMs[level] = from.uint() * GRID_MS
  }
  return levels
}
