import { GRID_MS, PLACES } from './bucket.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import { Counts } from './counts.ts'
import { LEVELS, Levels } from './levels.ts'
import type { SpanTotals } from './slot-totals.ts'

const HAS_LOOKUPS = 1
const HAS_BREAKDOWN = 2
const HAS_LEVELS = 4
const HAS_EXTREMES = 8

// Thousands of slots are packed a second: one buffer serves them all.
const scratch = new Uint8Array(8192)

/**
 * Counts as bytes, about two a bucket: what closed slots are kept as and what stores save. Exact: every sum lies on
 * the grid and is written as a whole number of grid steps. `unpackCounts` is its inverse.
 */
export function packCounts(counts: Counts): Uint8Array {
  return packedView(counts).slice()
}

/** As `packCounts`, without a copy: the bytes are overwritten by the next packing. */
export function packedView(counts: Counts): Uint8Array {
  const out = new ByteWriter(scratch)
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
  counts.histogram.pack(out)
  if (extremes) {
    steps(out, counts.minMs)
    steps(out, counts.maxMs)
  }
  out.uint(counts.goods.length)
  for (const { limitMs, good, covered } of counts.goods) {
    // As it is, not in steps: a limit is anything that a configuration says, and has to be found again.
    out.float(limitMs)
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
  return out.written
}

/** Reads packed counts back. Throws a RangeError on bytes that `packCounts` cannot have written. */
export function unpackCounts(bytes: Uint8Array): Counts {
  const counts = new Counts()
  addPacked(counts, new ByteReader(bytes), 1)
  return counts
}

/**
 * Adds packed counts, or takes them away again, without unpacking them first: windows drop thousands of slots a
 * second. Min and max are only ever widened.
 */
export function addPacked(counts: Counts, from: ByteReader, sign: 1 | -1): void {
  const has = from.uint()
  if (has >= 2 * HAS_EXTREMES) throw new RangeError('packed counts are of an unknown form')
  counts.ok += sign * from.uint()
  counts.failed += sign * from.uint()
  if (has & HAS_LOOKUPS) {
    counts.hits += sign * from.uint()
    counts.misses += sign * from.uint()
  }
  counts.sumMs += sign * from.sum() * GRID_MS
  counts.histogram.addPacked(from, sign, PLACES)
  if (has & HAS_EXTREMES) {
    const minMs = from.sum() * GRID_MS
    const maxMs = from.sum() * GRID_MS
    if (sign === 1) counts.extend(minMs, maxMs)
  }
  for (let left = from.uint(); left > 0; left--) {
    counts.addGood(limitOf(from), sign * from.uint(), sign * from.uint())
  }
  if (has & HAS_BREAKDOWN) {
    counts.ownMs += sign * from.sum() * GRID_MS
    counts.breakdown ??= new Map()
    for (let left = from.uint(); left > 0; left--) {
      counts.addShare(from.text(), sign * from.uint(), sign * from.sum() * GRID_MS)
    }
  }
  if (has & HAS_LEVELS) {
    counts.levels ??= new Levels()
    for (let left = from.uint(); left > 0; left--) {
      const level = from.uint()
      if (level >= LEVELS) throw new RangeError('packed counts hold a level that does not exist')
      counts.levels.add(level, sign * from.uint(), sign * from.sum() * GRID_MS)
    }
  }
  if (!from.done) throw new RangeError('packed counts go on after their end')
}

/** The plain counters of packed counts, without their histogram. */
export function totalsIn(from: ByteReader): Pick<Counts, 'ok' | 'failed' | 'hits' | 'misses' | 'goods'> {
  const has = from.uint()
  const ok = from.uint()
  const failed = from.uint()
  const hits = has & HAS_LOOKUPS ? from.uint() : 0
  const misses = has & HAS_LOOKUPS ? from.uint() : 0
  from.skip(1)
  from.skip(2 * from.uint())
  if (has & HAS_EXTREMES) from.skip(2)
  const goods = Array.from({ length: from.uint() }, () => ({
    limitMs: limitOf(from),
    good: from.uint(),
    covered: from.uint(),
  }))
  return { ok, failed, hits, misses, goods }
}

/** Adds the plain counters of packed counts to `totals`, of good ones those under `limitMs`, or takes them away again. */
export function addTotals(totals: SpanTotals, from: ByteReader, limitMs: number, sign: 1 | -1): void {
  const has = from.uint()
  const ok = from.uint()
  totals.ok += sign * ok
  totals.failed += sign * from.uint()
  if (has & HAS_LOOKUPS) {
    totals.hits += sign * from.uint()
    totals.misses += sign * from.uint()
  }
  from.skip(1)
  from.skip(2 * from.uint())
  if (has & HAS_EXTREMES) from.skip(2)
  for (let left = from.uint(); left > 0; left--) {
    const wanted = from.float() === limitMs
    const good = from.uint()
    const covered = from.uint()
    if (!wanted) continue
    totals.good += sign * good
    totals.covered += sign * Math.min(covered, ok)
  }
}

function limitOf(from: ByteReader): number {
  const limitMs = from.float()
  if (!(limitMs >= 0 && limitMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError('packed counts hold a limit that is none')
  }
  return limitMs
}

function steps(out: ByteWriter, ms: number): void {
  out.sum(Math.round(ms / GRID_MS))
}

function packLevels(out: ByteWriter, levels: Levels): void {
  const used = levels.used()
  out.uint(used.length)
  for (const level of used) {
    out.uint(level)
    out.uint(levels.completed[level]!)
    steps(out, levels.timeMs[level]!)
  }
}
