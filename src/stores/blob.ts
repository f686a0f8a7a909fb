import { ByteReader, ByteWriter } from '../measure/bytes.ts'
import type { Counts } from '../measure/counts.ts'
import { packCounts, unpackCounts } from '../measure/pack.ts'
import type { Slice } from '../measure/slice.ts'
import { decoded, seal, unseal } from './seal.ts'

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
    const packed = packCounts(counts)
    out.uint(packed.length)
    out.bytes(packed)
  }
  return seal(SLICES_FORMAT, out.finish())
}

/**
 * Reads packed slices back.
 *
 * @throws YardstickError `YS_STORE_DATA` on anything that `packSlices` did not write
 */
export function unpackSlices(bytes: Uint8Array): readonly Slice[] {
  const what = 'stored slices'
  const from = new ByteReader(unseal(SLICES_FORMAT, bytes, what))
  return decoded(what, () => {
    const slices: Slice[] = []
    for (let left = from.uint(); left > 0; left--) {
      const nested = from.uint() === 1
      const component = from.text()
      const name = from.text()
      slices.push({ component, name, nested, counts: unpackCounts(from.bytes(from.uint())) })
    }
    if (!from.done) throw new RangeError('expected the end, got more bytes')
    return slices
  })
}

/** The counts of one series as bytes with format and checksum, for rows that hold one series. */
export function sealCounts(counts: Counts): Uint8Array {
  return seal(COUNTS_FORMAT, packCounts(counts))
}

/**
 * Reads sealed counts back.
 *
 * @throws YardstickError `YS_STORE_DATA` on anything that `sealCounts` did not write
 */
export function unsealCounts(bytes: Uint8Array): Counts {
  const what = 'stored counts'
  const body = unseal(COUNTS_FORMAT, bytes, what)
  return decoded(what, () => unpackCounts(body))
}
