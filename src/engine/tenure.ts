import type { Store } from './store.ts'

const LEASE_MS = 15_000

/** How often `renew` should be called: a lease survives two that fail. */
export const RENEW_MS = 5_000

/** What the holder does and nobody else: for now, serving the port. */
export interface Office {
  readonly take: () => Promise<void>
  readonly leave: () => Promise<void>
}

/**
 * One process of those that share a store holds the office. Whoever has the lease takes it; who loses the lease leaves
 * it. While the store does not answer, everything stays as it is.
 */
export class Tenure {
  readonly #store: Store
  readonly #name: string
  readonly #office: Office
  #holds = false

  constructor(store: Store, service: string, office: Office) {
    this.#store = store
    this.#name = `engine:${service}`
    this.#office = office
  }

  get holds(): boolean {
    return this.#holds
  }

  /** Takes or renews the lease, and the office with it. Throws what the store throws. */
  async renew(): Promise<void> {
    const token = await this.#store.lease(this.#name, LEASE_MS)
    const held = this.#holds
    this.#holds = token !== undefined
    // Taken again at every renewal: a port that was not to be had may be free now.
    if (this.#holds) await this.#office.take()
    else if (held) await this.#office.leave()
  }
}
