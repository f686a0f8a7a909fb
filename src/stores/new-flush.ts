import type { Taken } from '../engine/store.ts'

/** Whether a reader that has taken so much has yet to take this flush. */
export function isNew(
  flush: { readonly instance: string; readonly flush: number; readonly cameMs: number },
  { known, sinceMs }: Taken,
): boolean {
  const last = known.get(flush.instance)
  return last === undefined ? flush.cameMs >= sinceMs : flush.flush > last
}
