import type { Store } from '../../../src/engine/store.ts'
import { YardstickError } from '../../../src/ground/errors.ts'

/** The way of one instance to a store that others reach: as a network that breaks between the two. */
export interface Severed {
  readonly store: Store
  broken: boolean
}

export function severable(store: Store): Severed {
  const severed: Severed = {
    broken: false,
    store: new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...args: readonly unknown[]) => {
          if (severed.broken) throw new YardstickError('YS_STORE_FAILED', 'the network is down')
          return Reflect.apply(value, target, args)
        }
      },
    }),
  }
  return severed
}
