import type { Ledger } from '../../measure/ledger.ts'
import type { Operation } from '../../measure/operation.ts'

const EXTERNAL = 'external'
/** A crawler asks hosts without end; beyond these, names are put together anew each time, and share `(other)`. */
const REMEMBERED = 300

/** Operations of outgoing requests, by method and host: never a path, a query or a user. */
export class Hosts {
  readonly #ledger: Ledger
  readonly #known = new Map<string, Map<string, Operation>>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** @param hostOf gives the host of a key that is new */
  find(method: string, key: string, hostOf: (key: string) => string): Operation {
    const known = this.#known.get(key)?.get(method)
    if (known !== undefined) return known
    const operation = this.#ledger.leaf(EXTERNAL, `${method} ${hostOf(key)}`)
    if (this.#known.size < REMEMBERED || this.#known.has(key)) {
      const methods = this.#known.get(key) ?? new Map<string, Operation>()
      if (methods.size < REMEMBERED) methods.set(method, operation)
      this.#known.set(key, methods)
    }
    return operation
  }
}
