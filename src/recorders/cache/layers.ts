import { CACHES, type CacheComponent } from '../../measure/cache-layers.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { Operation } from '../../measure/operation.ts'
import type { Scope } from '../../measure/scope.ts'

/** How often what was read had expired, and was given all the same: a series apart, since each of them is a hit, too. */
const STALE = 'stale'

/**
 * A call of a cache: what it is recorded as. A part of its own where a library does it for an operation of its own;
 * `undefined` where the application tracks a read or a write of any layer itself: which layer that is is the
 * application's to say, and nothing counts twice.
 */
export function cacheOperation(
  ledger: Ledger,
  layer: CacheComponent,
  name: string,
  scope?: Scope,
): Operation | undefined {
  if (ledger.isInside()) return ledger.nested(layer, name)
  return ledger.tracks(CACHES, scope) ? undefined : ledger.primitive(layer, name)
}

/**
 * Whether a call of a cache is a part of nothing else, and its operation the layer's primitive of its name.
 *
 * @param scope the caller's request. Default: looked up
 */
export function isApart(ledger: Ledger, scope?: Scope): boolean {
  return !ledger.isInside() && !ledger.tracks(CACHES, scope)
}

/** Counts a hit whose value had expired. */
export function countStale(ledger: Ledger, layer: CacheComponent): void {
  if (!ledger.tracks(CACHES)) ledger.nested(layer, STALE).record(0)
}
