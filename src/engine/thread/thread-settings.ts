import type { CacheComponent } from '../../measure/cache-layers.ts'
import type { Target } from '../../targets/target.ts'

/** The part of the configuration that recording threads follow. */
export interface ThreadSettings {
  /** Default and own targets, complete, in the order they are shown. */
  readonly targets: readonly Target[]
  readonly headers: 'none' | 'all'
  readonly serverTiming: 'off' | 'trusted' | 'all'
  /** Whether event loop and garbage collector are measured; with stacks, where those that are blocked stand. */
  readonly runtime: 'off' | 'on' | 'stacks'
  /** Requests that are not measured: patterns over `GET /path`, or over the path alone where they start with a slash. */
  readonly ignore: readonly string[]
  /** Patterns over series of `request` that are open on purpose. */
  readonly waits: readonly string[]
  /** Patterns over series of `request` that are logins. */
  readonly logins: readonly string[]
  /** Layers of caches, as `CacheLayers` takes them. */
  readonly layers: Readonly<Record<string, CacheComponent>>
  readonly seriesLimit: number
  readonly componentLimit: number
}

/** Without the rest, which holds secrets and is nothing to the application's threads. */
export function threadSettings(settings: ThreadSettings): ThreadSettings {
  const { targets, headers, serverTiming, runtime, ignore, waits, logins, layers } = settings
  const { seriesLimit, componentLimit } = settings
  return {
    ...{ targets, headers, serverTiming, runtime, ignore, waits, logins, layers },
    ...{ seriesLimit, componentLimit },
  }
}
