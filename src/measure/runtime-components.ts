/** How long what became ready had to wait for its event loop. */
export const EVENT_LOOP = 'event_loop'
/** Event loops that did nothing else for 100 ms or longer. */
export const BLOCKED = 'event_loop_blocked'
/** Pauses of the garbage collector. */
export const GC = 'gc'

/** Components that Node.js itself fills, with or without anything to do. */
export function isRuntime(component: string): boolean {
  return component === EVENT_LOOP || component === BLOCKED || component === GC
}
