import { AsyncLocalStorage } from 'node:async_hooks'
import type { Announcement } from '../../src/measure/announcement.ts'
import { Counts } from '../../src/measure/counts.ts'
import { Ledger } from '../../src/measure/ledger.ts'
import { LoopReader } from '../../src/measure/loop-reader.ts'
import { TallyReader } from '../../src/measure/reader.ts'
import type { Scope } from '../../src/measure/scope.ts'
import type { SlowRequest } from '../../src/measure/slow-request.ts'
import { Users } from '../../src/measure/users.ts'

/** A ledger whose tallies are read as the engine reads them. */
export class Reading {
  /** What the ledger swallowed, in words. */
  readonly errors: string[] = []
  /** Slow requests that it told of. */
  readonly examples: SlowRequest[] = []
  readonly ledger: Ledger
  readonly #tallies: { readonly key: string; readonly reader: TallyReader; readonly sum: Counts }[] = []
  readonly #parts: string[] = []
  readonly #users = new Users()
  #loop: LoopReader | undefined

  constructor(options: { readonly seriesLimit?: number; readonly now?: () => number } = {}) {
    this.ledger = new Ledger({
      thread: 0,
      scopes: new AsyncLocalStorage<Scope | undefined>(),
      now: () => performance.now(),
      limits: () => [],
      announce: (announcement) => this.#hear(announcement),
      ...options,
    })
  }

  /** Counts of each series since the start, by `component name`; what is part of other operations, by `component (name)`. */
  counts(): ReadonlyMap<string, Counts> {
    const loop = this.#loop!
    const retired = loop.half
    const idle = 1 - retired
    for (const { reader } of this.#tallies) reader.prepare(idle, [])
    loop.prepare(idle)
    loop.turn(idle)
    this.#users.mergeSparse(loop.read(retired).users)
    for (const { reader, sum } of this.#tallies) {
      const counts = reader.read(retired, this.#parts)
      if (counts !== undefined) sum.add(counts)
    }
    return new Map(this.#tallies.map(({ key, sum }) => [key, sum]))
  }

  /** `{ 'request GET /users/:id': 'ok 3, failed 1' }` for every series that has counted something. */
  outcomes(): Readonly<Record<string, string>> {
    const counted = [...this.counts()].filter(([, { total }]) => total > 0)
    return Object.fromEntries(counted.map(([key, { ok, failed }]) => [key, said(ok, failed)]))
  }

  /** Distinct users since the start. */
  users(): number {
    this.counts()
    return this.#users.estimate()
  }

  #hear(announcement: Announcement): void {
    switch (announcement.kind) {
      case 'loop':
        this.#loop = new LoopReader(announcement.buffer)
        return
      case 'series': {
        const { component, name, nested, buffer, request } = announcement
        const reader = new TallyReader(buffer, request)
        this.#tallies.push({
          key: nested ? `${component} (${name})` : `${component} ${name}`,
          reader,
          sum: new Counts(),
        })
        return
      }
      case 'part':
        this.#parts[announcement.part] = announcement.component
        return
      case 'error':
        this.errors.push(announcement.text)
        return
      case 'example':
        this.examples.push(announcement.example)
    }
  }
}

export function said(ok: number, failed = 0): string {
  if (failed === 0) return `ok ${ok}`
  return ok === 0 ? `failed ${failed}` : `ok ${ok}, failed ${failed}`
}
