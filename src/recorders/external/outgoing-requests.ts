import type { CacheComponent } from '../../measure/cache-layers.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { Timing } from '../../measure/operation.ts'
import { cacheOperation, countStale } from '../cache/layers.ts'
import { Destinations } from './destinations.ts'
import { cacheAnswer, cacheCall } from './http-cache.ts'

/** A request that was sent. */
export interface Sent {
  readonly timing: Timing
  /** The layer of the cache that it asks, where its host was declared to be one. */
  readonly asked: CacheComponent | undefined
}

/** Requests by HTTP, by method and host; those to a host that was declared to be a cache are operations of its layer. */
export class OutgoingRequests {
  readonly #ledger: Ledger
  readonly #destinations: Destinations

  constructor(ledger: Ledger) {
    this.#ledger = ledger
    this.#destinations = new Destinations(ledger)
  }

  /** @param hostOf gives the host of a key. Default: it is the key */
  begin(method: string, key: string, hostOf?: (key: string) => string): Sent | undefined {
    const { layers } = this.#ledger
    const layer = layers.hasHosts ? layers.host(hostOf === undefined ? key : hostOf(key)) : undefined
    const name = layer === undefined ? undefined : cacheCall(method)
    if (layer === undefined || name === undefined) {
      return { timing: this.#destinations.find(method, key, hostOf).start(), asked: undefined }
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
}
