import type { Monitor } from '../monitor.ts'

/** Not measured. */
export function monitor(): Monitor {
  return { query: (_name, run) => run() }
}
