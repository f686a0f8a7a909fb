import { cut } from '../ground/decimals.ts'
import { formatDuration } from '../ground/duration.ts'
import { formatCount, formatRatio } from '../targets/reason.ts'

const LONGEST = 160

// Control characters, line and paragraph separators, and those that turn the direction of what follows: a name with
// them could forge a second line or read as something else.
const UNSEEN = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

/** A name that came from the outside (a route, a query, a comment) as one line of bounded length. */
export function oneLine(text: string, longest: number = LONGEST): string {
  const line = text.toWellFormed().replace(UNSEEN, ' ').trim()
  const letters = [...line]
  return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : line
}

/** `2026-01-15 12:00:09 UTC`. */
export function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** A share 0–1 as `96.8 %`: cut, not rounded, so that it never reads as a limit it did not reach. */
export function shareText(share: number): string {
  return `${cut(share * 100, 10)} %`
}

/** `2.43 ×`. */
export function timesText(ratio: number): string {
  return `${formatRatio(ratio)} ×`
}

/** `1 request`, `18 240 requests`. */
export function countText(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`
}

/** `4 min before`; nothing that lies after it. */
export function beforeText(atMs: number, nowMs: number): string {
  return nowMs - atMs < 1_000 ? 'just before' : `${formatDuration(nowMs - atMs)} before`
}

/** As a header of HTTP or mail can hold it. */
export function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '_').slice(0, 100)
}
