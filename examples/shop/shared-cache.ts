import { yardstick } from 'yardstick'
import type { Faults } from './faults.ts'
import type { KeyValueServer } from './key-value-server.ts'

const ys = yardstick()

/**
 * L2: text, shared by all processes of the shop. A cache that is down makes the shop slower, never broken:
 * a failed read is a miss, which Yardstick has counted as failed.
 */
export class SharedCache {
  readonly #server: KeyValueServer
  readonly #faults: Faults

  constructor(server: KeyValueServer, faults: Faults) {
    this.#server = server
    this.#faults = faults
  }

  async read<T extends object>(key: string): Promise<T | undefined> {
    const text = await ys
      .trackCache('L2', 'get', { key }, async (read) => {
        const found = this.#faults.isOn('cache-off') ? undefined : await this.#server.read(key)
        read.setHit(found !== undefined)
        return found
      })
      .catch(() => undefined)
    return text === undefined ? undefined : (JSON.parse(text) as T)
  }

  async keep(key: string, value: object): Promise<void> {
    if (this.#faults.isOn('cache-off')) return
    await ys
      .trackCache('L2', 'set', { key }, () => this.#server.write(key, JSON.stringify(value)))
      .catch(() => undefined)
  }

  /** Many at once, in one round trip, for a cache that starts cold. */
  async warm(entries: readonly (readonly [key: string, text: string])[]): Promise<void> {
    await ys
      .trackCache('L2', 'set', { key: 'warm-up' }, () => this.#server.writeAll(entries))
      .catch(() => undefined)
  }

  async forget(key: string): Promise<void> {
    await ys.trackCache('L2', 'del', { key }, () => this.#server.remove(key)).catch(() => undefined)
  }
}
