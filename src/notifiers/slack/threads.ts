import type { Notice } from '../../alerts/notice.ts'

const MOST = 500

/**
 * Which message of Slack's a group's notices hang on. In memory: after a restart a group begins a new thread, which is
 * better than a reply that nobody sees below a message of last week.
 */
export class Threads {
  readonly #threads = new Map<string, { readonly ts: string; readonly over: boolean }>()

  of({ group, reason }: Notice): string | undefined {
    const thread = this.#threads.get(group)
    // The next incident is a message of its own.
    return thread === undefined || (thread.over && reason === 'fired') ? undefined : thread.ts
  }

  posted({ group, severity }: Notice, ts: string): void {
    this.#threads.delete(group)
    this.#threads.set(group, { ts, over: severity === 'SUCCESS' })
    if (this.#threads.size > MOST) this.#threads.delete(this.#threads.keys().next().value!)
  }
}
