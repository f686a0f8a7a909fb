import { PARTS } from './layout.ts'

/** Float64 places of one scope in the slab; five per part follow. */
const OPEN = 0
const OPEN_SINCE = 1
const BUSY = 2
const PART = 3
const CALLS = 0
const WALL = 1
const DEPTH = 2
const SINCE = 3
const HOLDERS = 4
const PART_PLACES = 5
const PLACES = PART + PARTS * PART_PLACES

// One array for all scopes of a thread, because numbers in object fields would be boxed one by one. A scope takes
// a place, all zeros, when its first operation begins, and gives it back so when it is closed.
let slab = new Float64Array(64 * PLACES)
let free: number[] = Array.from({ length: 64 }, (_, i) => (63 - i) * PLACES)

function take(): number {
  const at = free.pop()
  if (at !== undefined) return at
  const before = slab.length
  const grown = new Float64Array(before * 2)
  grown.set(slab)
  slab = grown
  free = []
  for (let place = grown.length - PLACES; place > before; place -= PLACES) free.push(place)
  return before
}

/** What a scope tells of one component. */
export type PartVisitor = (part: number, calls: number, wallMs: number) => void

/**
 * Hot. The request that operations belong to: wall time per component (with at least one such operation open), and
 * the time with none open. An operation takes its scope when it starts and keeps it; one that ends after its scope
 * was closed adds nothing to it.
 */
export class Scope {
  readonly startMs: number
  open = true
  /** `userHash` of the user that the application named, if it did. */
  user: number | undefined = undefined
  /** Yardstick's own traffic, and what the configuration leaves out, is not recorded. */
  ignored = false
  /** The trace of OpenTelemetry's that it belongs to, where that is known. */
  traceId: string | undefined = undefined
  /** Whether its response shows the X- headers even where the options say `none`. */
  shown = false
  #at = -1
  /** One more than the highest part that took part. */
  #parts = 0

  constructor(startMs: number) {
    this.startMs = startMs
  }

  /**
   * @param part the component's number, as the ledger gave it
   * @param holder others of its component may run inside it; inside a primitive none do
   * @param nested it is a part of another operation, and of that one's call
   */
  begin(part: number, nowMs: number, holder: boolean = true, nested: boolean = false): void {
    if (!this.open) return
    if (this.#at === -1) this.#at = take()
    const all = this.#at
    const mine = all + PART + part * PART_PLACES
    // While nothing is open, `SINCE` holds the last end: time before it is counted already.
    if (slab[all + OPEN]!++ === 0 && nowMs > slab[all + OPEN_SINCE]!) slab[all + OPEN_SINCE] = nowMs
    if (slab[mine + DEPTH]!++ === 0 && nowMs > slab[mine + SINCE]!) slab[mine + SINCE] = nowMs
    if (!nested) slab[mine + CALLS]!++
    if (holder) slab[mine + HOLDERS]!++
    if (part >= this.#parts) this.#parts = part + 1
  }

  end(part: number, nowMs: number, holder: boolean = true): void {
    if (!this.open || this.#at === -1) return
    const all = this.#at
    const mine = all + PART + part * PART_PLACES
    if (--slab[all + OPEN]! === 0) {
      slab[all + BUSY]! += nowMs - slab[all + OPEN_SINCE]!
      slab[all + OPEN_SINCE] = nowMs
    }
    if (holder) slab[mine + HOLDERS]!--
    if (--slab[mine + DEPTH]! === 0) {
      slab[mine + WALL]! += nowMs - slab[mine + SINCE]!
      slab[mine + SINCE] = nowMs
    }
  }

  /** Adds an operation that was timed elsewhere and has just ended, as far as it lies within the request. */
  spent(part: number, durationMs: number, nowMs: number, nested: boolean = false): void {
    this.begin(part, Math.max(nowMs - durationMs, this.startMs), true, nested)
    this.end(part, nowMs)
  }

  /** Whether no operation is open now. */
  get isIdle(): boolean {
    return this.#at === -1 || slab[this.#at + OPEN] === 0
  }

  /** Whether an operation of this component is open now that others can be inside of. */
  holds(part: number): boolean {
    if (this.#at === -1 || !this.open) return false
    return slab[this.#at + PART + part * PART_PLACES + HOLDERS]! > 0
  }

  /** Whether it is known by now to be somebody's login. */
  isLogin(): boolean {
    return false
  }

  /**
   * Ends the scope and tells each component that took part; operations still open count up to now.
   *
   * @returns the time during which any operation was open, ms
   */
  close(nowMs: number, visit: PartVisitor): number {
    this.open = false
    const all = this.#at
    if (all === -1) return 0
    const busy = slab[all + BUSY]! + (slab[all + OPEN]! > 0 ? nowMs - slab[all + OPEN_SINCE]! : 0)
    this.soFar(nowMs, visit)
    this.#at = -1
    // Few parts are used, mostly; to fill the whole place took 0.03 µs a request.
    const used = all + PART + this.#parts * PART_PLACES
    for (let each = all; each < used; each++) slab[each] = 0
    free.push(all)
    return busy
  }

  /** Tells each component that took part until now; operations still open count up to now. */
  soFar(nowMs: number, visit: PartVisitor): void {
    if (this.#at === -1) return
    for (let part = 0; part < this.#parts; part++) {
      const mine = this.#at + PART + part * PART_PLACES
      if (slab[mine + CALLS] === 0) continue
      const wall = slab[mine + WALL]! + (slab[mine + DEPTH]! > 0 ? nowMs - slab[mine + SINCE]! : 0)
      visit(part, slab[mine + CALLS]!, wall)
    }
  }
}
