import type { Running } from './start.ts'

// The preload and the application's own import must meet, even when they come from two copies of the package (a
// global command, a local dependency). It is the one thing that is kept globally.
const KEY = Symbol.for('yardstick')

/** What runs in this thread, or what `start` now starts. */
export function running(start: () => Running): Running {
  const global = globalThis as { [KEY]?: Running }
  global[KEY] ??= start()
  return global[KEY]
}

/** What runs in this thread, if anything does; for entries that must not start it. */
export function current(): Running | undefined {
  return (globalThis as { [KEY]?: Running })[KEY]
}
