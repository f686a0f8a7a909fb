import type { Ledger } from '../../measure/ledger.ts'

const MOST = 10
const WITHIN_MS = 60_000

/**
 * Keeps errors of a recorder away from the application: each is counted and told, and after ten of them within a minute
 * the recorder is switched off, because one that fails on every request costs more than it tells.
 */
export class Guard {
  readonly #name: string
  readonly #ledger: Ledger
  readonly #giveUp: () => void
  #errors = 0
  #firstMs = 0

  constructor(name: string, ledger: Ledger, giveUp: () => void) {
    this.#name = name
    this.#ledger = ledger
    this.#giveUp = giveUp
  }

  caught(error: unknown): void {
    this.#ledger.swallow(this.#name, error)
    const nowMs = this.#ledger.now()
    if (this.#errors === 0 || nowMs - this.#firstMs > WITHIN_MS) {
      this.#errors = 0
      this.#firstMs = nowMs
    }
    if (++this.#errors !== MOST) return
    this.#giveUp()
    this.#ledger.givesUp(this.#name)
    this.#ledger.report({
      name: this.#name,
      state: 'degraded',
      detail: `switched off after ${MOST} errors; what it records is missing from now on`,
    })
  }

  /** The same function, but it gives `undefined` where it threw, and after ten errors it is not called any more. */
  static around<A extends unknown[], R>(
    name: string,
    ledger: Ledger,
    fn: (...given: A) => R,
  ): (...given: A) => R | undefined {
    let on = true
    const guard = new Guard(name, ledger, () => {
      on = false
    })
    return (...given) => {
      if (!on) return undefined
      try {
        return fn(...given)
      } catch (error) {
        // The application's own words may quote a header or a cookie: only the kind of error is told.
        guard.caught(kindOf(error))
        return undefined
      }
    }
  }
}

/** A proxy may be thrown, too, and throw whatever is asked of it. */
function kindOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.name) : typeof error
  } catch {
    return typeof error
  }
}
