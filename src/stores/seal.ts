import { crc32 } from 'node:zlib'
import { YardstickError } from '../ground/errors.ts'

const CHECK_BYTES = 4

/**
 * Puts a format number before bytes and a checksum behind them. SQLite does not check its pages, and a flipped bit in
 * packed counts would read as other counts.
 *
 * @param format 1–255
 */
export function seal(format: number, body: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(1 + body.length + CHECK_BYTES)
  sealed[0] = format
  sealed.set(body, 1)
  const checked = sealed.subarray(0, 1 + body.length)
  new DataView(sealed.buffer).setUint32(checked.length, crc32(checked), true)
  return sealed
}

/**
 * The bytes that were sealed.
 *
 * @param what names the contents in errors
 * @throws YardstickError `YS_STORE_DATA` on another format, or when a byte was changed, lost or added
 */
export function unseal(format: number, sealed: Uint8Array, what: string): Uint8Array {
  if (sealed.length < 1 + CHECK_BYTES) {
    throw new YardstickError('YS_STORE_DATA', `${what}: expected at least 5 bytes, got ${sealed.length}`)
  }
  if (sealed[0] !== format) {
    throw new YardstickError(
      'YS_STORE_DATA',
      `${what}: expected format ${format}, got format ${sealed[0]}: not written by Yardstick, or by a newer version`,
    )
  }
  const checked = sealed.subarray(0, sealed.length - CHECK_BYTES)
  const check = new DataView(sealed.buffer, sealed.byteOffset).getUint32(checked.length, true)
  if (check !== crc32(checked)) {
    throw new YardstickError(
      'YS_STORE_DATA',
      `${what}: the checksum does not match; the bytes were changed or cut`,
    )
  }
  return checked.subarray(1)
}

/** Makes whatever a decoder threw a `YS_STORE_DATA` that names the contents. */
export function unreadable(what: string, cause: unknown): YardstickError {
  if (cause instanceof YardstickError) return cause
  return new YardstickError('YS_STORE_DATA', `${what}: ${(cause as Error).message}`, { cause })
}
