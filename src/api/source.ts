import type { AlertDesk } from '../engine/alerting/alert-desk.ts'
import type { Holdings } from '../engine/holdings.ts'
import type { BlockedStack } from '../engine/runtime/blocked-watch.ts'
import type { Snapshot } from '../engine/snapshot.ts'
import type { WindowName } from '../measure/window.ts'
import type { Target } from '../targets/target.ts'

/** What the API needs of the engine. Asked anew for every request; one request asks each once. */
export interface ApiSource {
  /** Read at once when it comes: what is in it is good until the engine's next cycle. */
  readonly snapshot: () => Snapshot | Promise<Snapshot>
  readonly settings: () => ApiSettings
  readonly alerts: () => AlertDesk
  readonly holdings: () => Pick<Holdings, 'read'>
  /** Told of errors while answering, so that the self page counts them; the client gets a plain 500. */
  readonly onError?: (error: unknown) => void
}

export interface ApiSettings {
  readonly targets: readonly Target[]
  /** The window of an answer when the request names none. */
  readonly defaultWindow: WindowName
  /**
   * Which store this process saves to, as a name that says nothing (a hash of path or address): of the processes
   * with the same service and store on a host one has the port.
   */
  readonly storeId: string
  /** Where the main thread of this process stood when it was blocked; absent: not asked for. */
  readonly blockedStacks?: readonly BlockedStack[]
}
