import { ByteReader, ByteWriter } from '../measure/bytes.ts'
import type { Counts } from '../measure/counts.ts'
import { packCounts, packedView } from '../measure/pack.ts'
import type { PackedSlice, Slice } from '../measure/slice.ts'
import { seal, unreadable, unseal } from './seal.ts'

const SLICES_FORMAT = 1
const COUNTS_FORMAT = 1

/** The slices of one batch as bytes: format, series keys with packed counts, checksum. Exact, as `packCounts` is. */
export function packSlices(slices: readonly Slice[]): Uint8Array {
  const out = new ByteWriter()
  out.uint(slices.length)
  for (const { component, name, nested, counts } of slices) {
    out.uint(nested ? 1 : 0)
    out.text(component)
    out.text(name)
    const packed = packedView(counts)
    out.uint(packed.length)
    out.bytes(packed)
  }
  return seal(SLICES_FORMAT, out.finish())
}

/**
 * Reads what `packSlices` wrote, but for the counts.
 *
 * @throws YardstickError `YS_STORE_DATA` on anything else
 */
export function openSlices(bytes: Uint8Array): readonly PackedSlice[] {
  const what = 'stored slices'
  const from = new ByteReader(unseal(SLICES_FORMAT, bytes, what))
  const slices: PackedSlice[] = []
  try {
    for (let left = from.uint(); left > 0; left--) {
      const nested = from.uint() === 1
      const component = from.text()
      const name = from.text()
      slices.push({ component, name, nested, packed: from.bytes(from.uint()) })
    }
    if (!from.done) throw new RangeError('expected the end, got more bytes')
  } catch (error) {
    throw unreadable(what, error)
  }
  return slices
}

/** The counts of one series as bytes with format and checksum, for rows that hold one series. */
export function sealCounts(counts: Counts): Uint8Array {
  return seal(COUNTS_FORMAT, packCounts(counts))
}

/**
 * The packed counts that `sealCounts` sealed.
 *
 * @throws YardstickError `YS_STORE_DATA` on anything else
 */
export function openCounts(bytes: Uint8Array): Uint8Array {
  return unseal(COUNTS_FORMAT, bytes, 'stored counts')
}
