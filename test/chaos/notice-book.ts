import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A notice as the webhook sends it, as far as it is looked at here. */
export interface SeenNotice {
  readonly id: string
  readonly reason: string
  readonly alerts: readonly { readonly id: string; readonly target: string; readonly state: string }[]
}

/** A webhook receiver on loopback that writes down every notice in the order in which they came. */
export class NoticeBook {
  readonly notices: SeenNotice[] = []
  readonly #server: Server
  #next: (() => void) | undefined

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(): Promise<NoticeBook> {
    const server = createServer(async (request, response) => {
      const notice = (await json(request).catch(() => undefined)) as SeenNotice | undefined
      // Killed in the middle of a sentence.
      if (notice === undefined) return
      book.notices.push(notice)
      const next = book.#next
      book.#next = undefined
      next?.()
      response.end()
    })
    const book = new NoticeBook(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return book
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** Calls back when the next notice has come and nothing has been answered yet. */
  atNext(callback: () => void): void {
    this.#next = callback
  }

  /** The ids of the notices that told of an alert for a reason, each once. */
  ids(alert: string, reason: string): readonly string[] {
    const told = this.notices.filter(
      (notice) => notice.reason === reason && notice.alerts.some(({ id }) => id === alert),
    )
    return [...new Set(told.map(({ id }) => id))]
  }

  /** What somebody who only reads the notices takes for firing: alerts by target. */
  get firing(): ReadonlyMap<string, ReadonlySet<string>> {
    const firing = new Map<string, Set<string>>()
    for (const { target, id, state } of this.notices.flatMap(({ alerts }) => alerts)) {
      const open = firing.get(target) ?? new Set()
      firing.set(target, open)
      if (state === 'firing') open.add(id)
      else open.delete(id)
    }
    return firing
  }

  /** Alerts that began, for one who only reads the notices, before another one of their target had ended. */
  get overlaps(): readonly string[] {
    const overlaps: string[] = []
    const open = new Map<string, string>()
    for (const { target, id, state } of this.notices.flatMap(({ alerts }) => alerts)) {
      const before = open.get(target)
      if (state === 'firing') {
        if (before !== undefined && before !== id) overlaps.push(`${target}: ${before}, ${id}`)
        open.set(target, id)
      } else if (before === id) open.delete(target)
    }
    return overlaps
  }

  /** How many notices came again, under the id they had. */
  get repeats(): number {
    return this.notices.length - new Set(this.notices.map(({ id }) => id)).size
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}
