import { PARTS } from './layout.ts'

/** Float64 places of a row; five per part follow. */
const USE = 0
const USED = 1
const OPEN = 2
const OPEN_SINCE = 3
const BUSY = 4
const PART = 5
const CALLS = 0
const WALL = 1
const DEPTH = 2
const SINCE = 3
const HOLDERS = 4
const PART_PLACES = 5
const PLACES = PART + PARTS * PART_PLACES

/** The row of what belongs to no scope, or to one that is closed. */
export const NO_ROW = -1

/** What a row tells of one component. */
export type PartVisitor = (part: number, calls: number, wallMs: number) => void

// One array for all scopes of a thread, because numbers in object fields would be boxed one by one.
let rows = new Float64Array(64 * PLACES)
let free: number[] = Array.from({ length: 64 }, (_, i) => (63 - i) * PLACES)

/** A row for a scope, all zeros but for its use. */
export function takeRow(): number {
  const row = free.pop()
  if (row !== undefined) return row
  const before = rows.length
  const grown = new Float64Array(before * 2)
  grown.set(rows)
  rows = grown
  free = []
  for (let each = grown.length - PLACES; each > before; each -= PLACES) free.push(each)
  return before
}

/**
 * Takes a row back. Operations of its scope that are still open find that it is used anew, and leave it alone: they hold
 * on to their row and its use, and not to the scope, which by their end lies in memory where no cache has it any more.
 */
export function giveBack(row: number): void {
  const use = useOf(row)
  // Few parts are used, mostly; to fill the whole row took 0.03 µs a request.
  const used = row + PART + rows[row + USED]! * PART_PLACES
  for (let each = row; each < used; each++) rows[each] = 0
  rows[row + USE] = (use + 1) | 0
  free.push(row)
}

/** How many scopes have had the row before, in 32 bits. */
export function useOf(row: number): number {
  return row === NO_ROW ? 0 : rows[row + USE]! | 0
}

/**
 * Begins an operation, unless the row's scope is closed.
 *
 * @param part the component's number, as the ledger gave it
 * @param holder others of its component may run inside it; inside a primitive none do
 * @param nested it is a part of another operation, and of that one's call
 */
export function beginPart(
  row: number,
  use: number,
  part: number,
  nowMs: number,
  holder: boolean,
  nested: boolean,
): void {
  if (row === NO_ROW || rows[row + USE] !== use) return
  const mine = row + PART + part * PART_PLACES
  // While nothing is open, `SINCE` holds the last end: time before it is counted already.
  if (rows[row + OPEN]!++ === 0 && nowMs > rows[row + OPEN_SINCE]!) rows[row + OPEN_SINCE] = nowMs
  if (rows[mine + DEPTH]!++ === 0 && nowMs > rows[mine + SINCE]!) rows[mine + SINCE] = nowMs
  if (!nested) rows[mine + CALLS]!++
  if (holder) rows[mine + HOLDERS]!++
  if (part >= rows[row + USED]!) rows[row + USED] = part + 1
}

/** Ends one, unless the row's scope is closed. */
export function endPart(row: number, use: number, part: number, nowMs: number, holder: boolean): void {
  if (row === NO_ROW || rows[row + USE] !== use) return
  const mine = row + PART + part * PART_PLACES
  if (--rows[row + OPEN]! === 0) {
    rows[row + BUSY]! += nowMs - rows[row + OPEN_SINCE]!
    rows[row + OPEN_SINCE] = nowMs
  }
  if (holder) rows[mine + HOLDERS]!--
  if (--rows[mine + DEPTH]! === 0) {
    rows[mine + WALL]! += nowMs - rows[mine + SINCE]!
    rows[mine + SINCE] = nowMs
  }
}

/** Whether an operation of this component is open that others can be inside of. */
export function holdsPart(row: number, use: number, part: number): boolean {
  if (row === NO_ROW || rows[row + USE] !== use) return false
  return rows[row + PART + part * PART_PLACES + HOLDERS]! > 0
}

/** Whether no operation is open. */
export function isIdleRow(row: number): boolean {
  return row === NO_ROW || rows[row + OPEN] === 0
}

/** The time during which any operation was open, ms. */
export function busyMsOf(row: number, nowMs: number): number {
  return rows[row + BUSY]! + (rows[row + OPEN]! > 0 ? nowMs - rows[row + OPEN_SINCE]! : 0)
}

/** Tells each component that took part until now; operations still open count up to now. */
export function visitParts(row: number, nowMs: number, visit: PartVisitor): void {
  if (row === NO_ROW) return
  const parts = rows[row + USED]!
  for (let part = 0; part < parts; part++) {
    const mine = row + PART + part * PART_PLACES
    if (rows[mine + CALLS] === 0) continue
    const wall = rows[mine + WALL]! + (rows[mine + DEPTH]! > 0 ? nowMs - rows[mine + SINCE]! : 0)
    visit(part, rows[mine + CALLS]!, wall)
  }
}
