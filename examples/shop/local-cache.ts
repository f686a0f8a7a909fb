import { LRUCache } from 'lru-cache'
import { yardstick } from 'yardstick'
import type { Faults } from './faults.ts'

const ys = yardstick()

/** L1: objects in the memory of this process. */
export class LocalCache {
  readonly #entries = new LRUCache<string, object>({ max: 4_000, ttl: 600_000 })
  readonly #faults: Faults

  constructor(faults: Faults) {
    this.#faults = faults
  }

  read<T extends object>(key: string): T | undefined {
    return ys.trackCache('L1', 'get', { key }, (read) => {
      const value = this.#faults.isOn('cache-off') ? undefined : this.#entries.get(key)
      read.setHit(value !== undefined)
      return value as T | undefined
    })
  }

  keep(key: string, value: object): void {
    if (this.#faults.isOn('cache-off')) return
    ys.trackCache('L1', 'set', { key }, () => this.#entries.set(key, value))
  }

  /** Many at once, for a cache that starts cold; the last ones are the last to be let go. */
  warm(entries: readonly (readonly [key: string, value: object])[]): void {
    ys.trackCache('L1', 'set', { key: 'warm-up' }, () => {
      for (const [key, value] of entries) this.#entries.set(key, value)
    })
  }

  forget(key: string): void {
    ys.trackCache('L1', 'del', { key }, () => this.#entries.delete(key))
  }
}
