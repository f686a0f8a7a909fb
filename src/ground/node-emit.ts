import { EventEmitter } from 'node:events'

const { emit, listenerCount } = EventEmitter.prototype

/**
 * Node's own `emit`, which does nothing for an event that nobody listens for; absent where somebody had put another one in
 * its place before us, who may want to see all of them, or has what counts listeners say something else. Only their source
 * tells: in later versions of Node.js it may not.
 */
export const nodeEmit: EventEmitter['emit'] | undefined =
  isNodes(emit, /\bkErrorMonitor\b/) && isNodes(listenerCount, /\bthis\._events\b/) ? emit : undefined

function isNodes(method: unknown, holds: RegExp): boolean {
  return holds.test(Function.prototype.toString.call(method))
}
