import { SafeMap } from '../../ground/safe-map.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { Operation } from '../../measure/operation.ts'

const EXTERNAL = 'external'
/** A crawler asks hosts without end; beyond these, names are put together anew each time, and share `(other)`. */
const REMEMBERED = 300

const itself = (key: string): string => key

/**
 * Operations of what is asked of others, by what is done and where it goes: a host, or a broker's topic, exchange or
 * queue; never a path, a query or a user.
 */
export class Destinations {
  readonly #ledger: Ledger
  readonly #known = new SafeMap<string, SafeMap<string, Operation>>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** @param nameOf gives the destination of a key. Default: it is the key */
  find(action: string, key: string, nameOf: (key: string) => string = itself): Operation {
    const known = this.#known.get(key)?.get(action)
    if (known !== undefined) return known
    const operation = this.#ledger.primitive(EXTERNAL, `${action} ${nameOf(key)}`)
    if (this.#known.size < REMEMBERED || this.#known.has(key)) {
      const actions = this.#known.get(key) ?? new SafeMap<string, Operation>()
      if (actions.size < REMEMBERED) actions.set(action, operation)
      this.#known.set(key, actions)
    }
    return operation
  }
}
