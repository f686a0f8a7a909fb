import { BroadcastChannel } from 'node:worker_threads'
import type { Announcement } from '../../measure/announcement.ts'
import type { ThreadSettings } from './thread-settings.ts'

/** What threads of one process tell each other. Counts never travel here, only where they can be read. */
export type LineMessage =
  | { readonly kind: 'announcement'; readonly announcement: Announcement }
  | { readonly kind: 'ended'; readonly thread: number }
  /** From an engine that has just started: announce everything again. */
  | { readonly kind: 'repeat' }
  /** From the engine: what its configuration says to all threads, or to one that has just been heard of. */
  | { readonly kind: 'settings'; readonly settings: ThreadSettings; readonly thread?: number }

/** A line between the threads of a process. It keeps no thread alive. */
export interface Line {
  readonly say: (message: LineMessage) => void
  readonly close: () => void
}

/** Opens this thread's end of the line. Not `parentPort`: the application's own handlers would see the messages. */
export function openLine(hear: (message: LineMessage) => void, onError: (error: unknown) => void): Line {
  const channel = new BroadcastChannel('yardstick:1')
  channel.onmessage = (event) => {
    // Whoever else talks on this name, another version of ours included, must not bring a thread down.
    try {
      const { data } = event as { readonly data?: unknown }
      if (isMessage(data)) hear(data)
    } catch (error) {
      onError(error)
    }
  }
  channel.unref()
  return { say: (message) => channel.postMessage(message), close: () => channel.close() }
}

function isMessage(data: unknown): data is LineMessage {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return false
  switch (data.kind) {
    case 'repeat':
      return true
    case 'ended':
      return 'thread' in data && typeof data.thread === 'number'
    case 'settings':
      return 'settings' in data && isObject(data.settings)
    case 'announcement':
      return 'announcement' in data && isObject(data.announcement)
    default:
      return false
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
