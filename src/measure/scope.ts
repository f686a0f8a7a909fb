import * as rows from './scope-rows.ts'

const { NO_ROW } = rows

/**
 * Hot. The request that operations belong to: wall time per component (with at least one such operation open), and
 * the time with none open. Its numbers are a row of an array, taken when its first operation begins and given back when
 * it is closed; an operation that ends after that adds nothing to it.
 */
export class Scope {
  open = true
  #row: number = NO_ROW
  readonly startMs: number
  /** `userHash` of the user that the application named, if it did. */
  user: number | undefined = undefined
  /** Yardstick's own traffic, and what the configuration leaves out, is not recorded. */
  ignored = false
  /** The trace of OpenTelemetry's that it belongs to, where that is known. */
  traceId: string | undefined = undefined
  /** Whether its response shows the X- headers even where the options say `none`. */
  shown = false

  constructor(startMs: number) {
    this.startMs = startMs
  }

  /** Its row, for an operation that begins; `NO_ROW` once it is closed. */
  row(): number {
    if (this.#row === NO_ROW && this.open) this.#row = rows.takeRow()
    return this.#row
  }

  /** As `beginPart`. */
  begin(part: number, nowMs: number, holder: boolean = true, nested: boolean = false): void {
    const row = this.row()
    rows.beginPart(row, rows.useOf(row), part, nowMs, holder, nested)
  }

  /** As `endPart`. */
  end(part: number, nowMs: number, holder: boolean = true): void {
    rows.endPart(this.#row, rows.useOf(this.#row), part, nowMs, holder)
  }

  /** Adds an operation that was timed elsewhere and has just ended, as far as it lies within the request. */
  spent(part: number, durationMs: number, nowMs: number, nested: boolean = false): void {
    this.begin(part, Math.max(nowMs - durationMs, this.startMs), true, nested)
    this.end(part, nowMs)
  }

  /** Whether no operation is open now. */
  get isIdle(): boolean {
    return rows.isIdleRow(this.#row)
  }

  /** Whether an operation of this component is open now that others can be inside of. */
  holds(part: number): boolean {
    return rows.holdsPart(this.#row, rows.useOf(this.#row), part)
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
  close(nowMs: number, visit: rows.PartVisitor): number {
    const row = this.#row
    this.open = false
    this.#row = NO_ROW
    if (row === NO_ROW) return 0
    const busyMs = rows.busyMsOf(row, nowMs)
    rows.visitParts(row, nowMs, visit)
    rows.giveBack(row)
    return busyMs
  }

  /** Tells each component that took part until now; operations still open count up to now. */
  soFar(nowMs: number, visit: rows.PartVisitor): void {
    rows.visitParts(this.#row, nowMs, visit)
  }
}
