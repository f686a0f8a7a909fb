import { EventEmitter } from 'node:events'

const { emit } = EventEmitter.prototype

/**
 * Node's own `emit`, which does nothing for an event that nobody listens for; absent where somebody had put another one in
 * its place before us, who may want to see all of them. Only its source tells: in later versions of Node.js it may not.
 */
export const nodeEmit: EventEmitter['emit'] | undefined = /\bkErrorMonitor\b/.test(
  Function.prototype.toString.call(emit),
)
  ? emit
  : undefined
