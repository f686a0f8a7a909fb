import type { CacheComponent } from '../../measure/cache-layers.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { Operation, Timing } from '../../measure/operation.ts'
import { cacheOperation, countStale } from '../cache/layers.ts'
import { cacheAnswer, cacheCall } from './http-cache.ts'

const EXTERNAL = 'external'
/** A crawler asks hosts without end; beyond these, names are put together anew each time, and share `(other)`. */
const REMEMBERED = 300

/** A request that was sent. */
export interface Sent {
  readonly timing: Timing
  /** The layer of the cache that it asks, where its host was declared to be one. */
  readonly asked: CacheComponent | undefined
}

const itself = (key: string): string => key

/**
 * Operations of what is asked of others, by method and host (of brokers by topic, exchange or queue): never a path, a
 * query or a user.
 */
export class Hosts {
  readonly #ledger: Ledger
  readonly #known = new Map<string, Map<string, Operation>>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /**
   * Begins an operation.
   *
   * @param hostOf gives the host of a key. Default: it is the key
   */
  begin(method: string, key: string, hostOf: (key: string) => string = itself): Sent | undefined {
    const { layers } = this.#ledger
    const layer = layers.hasHosts ? layers.host(hostOf(key)) : undefined
    const name = layer === undefined ? undefined : cacheCall(method)
    if (layer === undefined || name === undefined) {
      return { timing: this.find(method, key, hostOf).start(), asked: undefined }
    }
    const timing = cacheOperation(this.#ledger, layer, name)?.start()
    return timing && { timing, asked: name === 'get' ? layer : undefined }
  }

  /** What a cache says of its answer, in the request that asked it. */
  answered({ timing, asked }: Sent, header: (name: string) => string | undefined): void {
    const answer = asked === undefined ? undefined : cacheAnswer(header)
    if (asked === undefined || answer === undefined) return
    timing.setHit(answer !== 'miss')
    // What has come with the answer runs in no request of its own.
    if (answer === 'stale') this.#ledger.scopes.run(undefined, countStale, this.#ledger, asked)
  }

  /** The operation alone, where what is asked is no cache. */
  find(method: string, key: string, hostOf: (key: string) => string = itself): Operation {
    const known = this.#known.get(key)?.get(method)
    if (known !== undefined) return known
    const operation = this.#ledger.primitive(EXTERNAL, `${method} ${hostOf(key)}`)
    if (this.#known.size < REMEMBERED || this.#known.has(key)) {
      const methods = this.#known.get(key) ?? new Map<string, Operation>()
      if (methods.size < REMEMBERED) methods.set(method, operation)
      this.#known.set(key, methods)
    }
    return operation
  }
}
