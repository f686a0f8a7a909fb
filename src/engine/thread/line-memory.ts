import type { LineMessage } from './line.ts'

type Kept = Extract<LineMessage, { readonly kind: 'announcement' | 'ended' }>

/** Most tallies kept for an engine that is still starting; each holds its shared memory. */
const MOST_SERIES = 500
const MOST_EXAMPLES = 100

/**
 * What other threads said while no engine listened: they may have ended by the time one does, and what they counted is
 * in the memory that their announcements carry.
 */
export class LineMemory {
  #messages: Kept[] = []
  #series = 0
  #examples = 0

  keep(message: Kept): void {
    const kind = message.kind === 'announcement' ? message.announcement.kind : undefined
    if (kind === 'series' && ++this.#series > MOST_SERIES) return
    if (kind === 'example' && ++this.#examples > MOST_EXAMPLES) return
    this.#messages.push(message)
  }

  /** A thread that an engine has heard of itself is gone. */
  forget(thread: number): void {
    this.#messages = this.#messages.filter((message) => threadOf(message) !== thread)
  }

  /** Gives everything back, in the order it was said, and forgets it. */
  take(): readonly Kept[] {
    const messages = this.#messages
    this.#messages = []
    this.#series = 0
    this.#examples = 0
    return messages
  }
}

function threadOf(message: Kept): number {
  return message.kind === 'ended' ? message.thread : message.announcement.thread
}
