import type { Store } from '../engine/store.ts'
import type { MemoryOptions } from './memory/store.ts'
import type { StoreContext, StoreSpec } from './spec.ts'

export type { MemoryOptions }

/**
 * Keeps figures in this process only: they are gone after a restart, and other processes do not see them.
 *
 * @example
 * yardstick({ store: memory() })
 */
export function memory(options: MemoryOptions = {}): StoreSpec<'memory', MemoryOptions> {
  return { kind: 'memory', options }
}

export async function openMemory(options: MemoryOptions, { clock }: StoreContext): Promise<Store> {
  // The application's threads import this file for `memory()`; they must not load the rest.
  const { MemoryStore } = await import('./memory/store.ts')
  return new MemoryStore(options, clock)
}
