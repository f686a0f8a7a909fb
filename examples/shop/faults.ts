export type FaultName =
  | 'slow-query'
  | 'missing-index'
  | 'n-plus-one'
  | 'cache-off'
  | 'sequential-awaits'
  | 'event-loop-block'
  | 'error-rate'

/** What can be made to go wrong in the shop, and the real-life mistake it stands for. */
export const FAULTS: Readonly<Record<FaultName, string>> = {
  'slow-query': 'search reads every description and every order line instead of its index',
  'missing-index': "the index on the orders' lines was forgotten",
  'n-plus-one': 'a list of orders asks for the lines and the product of each order one by one',
  'cache-off': 'no cache layer finds or keeps anything',
  'sequential-awaits': 'the carrier is asked for one parcel after the other',
  'event-loop-block': 'the report makes a new number formatter for every price, while everybody waits',
  'error-rate': 'one in ten product pages and orders throws',
}

type Listener = (on: boolean) => void

/** The switches: which faults are on now. All are off at first. */
export class Faults {
  readonly #on = new Set<FaultName>()
  readonly #listeners = new Map<FaultName, Listener[]>()

  isOn(name: FaultName): boolean {
    return this.#on.has(name)
  }

  turn(name: FaultName, on: boolean): void {
    if (on === this.#on.has(name)) return
    if (on) this.#on.add(name)
    else this.#on.delete(name)
    for (const listener of this.#listeners.get(name) ?? []) listener(on)
  }

  /** For a fault that is a deed, such as dropping an index, not a choice made per call. */
  onTurn(name: FaultName, listener: Listener): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener])
  }

  states(): Readonly<Record<FaultName, boolean>> {
    const names = Object.keys(FAULTS) as FaultName[]
    return Object.fromEntries(names.map((name) => [name, this.#on.has(name)])) as Record<FaultName, boolean>
  }
}

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name)
}

/**
 * Reads a list such as `"slow-query,n-plus-one"`; nothing and empty places are allowed.
 *
 * @throws Error naming the first unknown fault and the known ones.
 */
export function parseFaults(list: string | undefined): readonly FaultName[] {
  const names = (list ?? '').split(',').map((name) => name.trim())
  return names.filter((name): name is FaultName => {
    if (name === '' || isFaultName(name)) return name !== ''
    throw new Error(`There is no fault "${name}". Known faults: ${Object.keys(FAULTS).join(', ')}.`)
  })
}
