import { CACHES, type CacheComponent } from '../../measure/cache-layers.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { Operation } from '../../measure/operation.ts'
import type { Scope } from '../../measure/scope.ts'

/** How often what was read had expired, and was given all the same: a series apart, since each of them is a hit, too. */
const STALE = 'stale'

/** The primitives of one name; mostly it is of one layer. */
export type OperationByLayer = Partial<Record<CacheComponent, Operation>>

/**
 * A call of a cache: what it is recorded as. A part of its own where a library does it for an operation of its own;
 * `undefined` where the application tracks a read or a write of any layer itself: which layer that is is the
 * application's to say, and nothing counts twice.
 *
 * @param scope the caller's request. Default: looked up
 * @param own where the primitive of this name is remembered. Default: it is looked up
 */
export function cacheOperation(
  ledger: Ledger,
  layer: CacheComponent,
  name: string,
  scope?: Scope,
  own?: OperationByLayer,
): Operation | undefined {
  if (ledger.isInside()) return ledger.nested(layer, name)
  if (ledger.tracks(CACHES, scope)) return undefined
  const known = own?.[layer]
  if (known !== undefined) return known
  const operation = ledger.primitive(layer, name)
  if (own !== undefined && !operation.shared) own[layer] = operation
  return operation
}

/** Counts a hit whose value had expired. */
export function countStale(ledger: Ledger, layer: CacheComponent): void {
  if (!ledger.tracks(CACHES)) ledger.nested(layer, STALE).record(0)
}
