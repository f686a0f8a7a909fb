import type { Ledger } from '../measure/ledger.ts'

const MOST = 10

/**
 * Keeps errors of a recorder away from the application: each is counted and told, and after ten of them the
 * recorder is switched off, because one that fails on every request costs more than it tells.
 */
export class Guard {
  readonly #name: string
  readonly #ledger: Ledger
  readonly #giveUp: () => void
  #errors = 0

  constructor(name: string, ledger: Ledger, giveUp: () => void) {
    this.#name = name
    this.#ledger = ledger
    this.#giveUp = giveUp
  }

  caught(error: unknown): void {
    this.#ledger.swallow(this.#name, error)
    if (++this.#errors !== MOST) return
    this.#giveUp()
    this.#ledger.swallow(
      this.#name,
      new Error(`switched off after ${MOST} errors; the application goes on unmeasured`),
    )
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
        guard.caught(error)
        return undefined
      }
    }
  }
}
