import { createHash } from 'node:crypto'

/**
 * An id that everybody makes of the same parts, whoever he is: 20 hex digits, 80 bits of SHA-256. Ids made of numbers
 * that count up would differ between an engine and the one that takes over from it.
 */
export function idOf(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20)
}
