import type { Store } from '../engine/store.ts'
import type { YardstickError } from '../ground/errors.ts'

/** What is held of one tier. */
export interface TierInfo {
  readonly tierMs: number
  readonly rows: number
  /** Start of the oldest row and end of the newest one; without rows `undefined`. */
  readonly held: { readonly fromMs: number; readonly toMs: number } | undefined
}

export interface InstanceInfo {
  readonly service: string
  readonly instance: string
  /** End of the last batch it saved. */
  readonly seenMs: number
  /** Who it was; unknown when its flushes were folded already, or are of the first version. */
  readonly host: string | undefined
  readonly pid: number | undefined
  readonly version: string | undefined
}

export interface LeaseInfo {
  readonly name: string
  readonly holder: string
  readonly token: bigint
  /** 0 when it was given back. */
  readonly untilMs: number
}

/** What a store holds, and how old that is. */
export interface StoreInfo {
  readonly kind: string
  /** A path, or an address without secrets. */
  readonly place: string
  readonly bytes: number
  /** Version of the tables, and the one that this Yardstick would bring them to. */
  readonly schema: number
  readonly newestSchema: number
  readonly services: readonly string[]
  readonly tiers: readonly TierInfo[]
  readonly events: number
  readonly claims: number
  readonly instances: readonly InstanceInfo[]
  readonly leases: readonly LeaseInfo[]
}

/** Something that cannot be read, and where it is. */
export interface BadRow {
  readonly where: string
  readonly error: YardstickError
}

/** A notice that was claimed. */
export interface Claim {
  readonly key: string
  readonly atMs: number
}

/** What is read of a store by those who look into it or move it. */
export interface StoreReader extends Pick<Store, 'slices' | 'events' | 'close'> {
  services(): Promise<readonly string[]>
  claims(service: string): AsyncIterable<Claim>
}

/** A store as `yardstick store` sees it; looking changes nothing, not even the version of the tables. */
export interface StoreInspector extends StoreReader {
  info(): Promise<StoreInfo>
  /** Reads every row; gives those that are not what was written. */
  verify(): AsyncIterable<BadRow>
}
