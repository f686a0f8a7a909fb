import type { Clock } from '../../ground/clock.ts'
import { unpackCounts } from '../../measure/pack.ts'
import type { Figures } from '../figures.ts'
import { gradeOf } from '../grade-event.ts'
import type { Member, SelfReport, Snapshot } from '../snapshot.ts'
import type { Store, StoredEvent, StoredFlush } from '../store.ts'
import { Lease, type Standing } from './lease.ts'
import { Members } from './members.ts'
import { packSnapshot } from './published.ts'
import { PublishedReader } from './published-reader.ts'

const DAY_MS = 86_400_000
/** Events are read this far ahead of now: those from before the clock was set back. */
export const EVENTS_AHEAD_MS: number = DAY_MS
/** What ended longer ago is read back as stored spans, the rest flush by flush. */
const RECENT_MS = 30_000
/** How far behind the last look other instances' first flushes are looked for. */
const LOOK_BACK_MS = 30_000
/** Flushes added at once: after an outage hundreds of thousands may wait. */
const MOST_AT_ONCE = 500
const PUBLISH_MS = 2_000
/** Other hosts' clocks may be ahead of ours. */
const AHEAD_MS = 60_000

export interface FleetOptions {
  readonly store: Store
  readonly clock: Clock
  readonly service: string
  readonly instance: string
  /** How far other instances can look back in the snapshot they are shown. */
  readonly lookbacksMs: readonly number[]
}

/**
 * The instances of one service, meeting in a store. One of them holds the lease: it adds up what all of them save,
 * judges it, and publishes what it sees while another one wants to read it. So an instance more costs the holder one
 * batch more and the others nothing, and all give the same answer.
 */
export class Fleet {
  readonly #options: FleetOptions
  readonly #lease: Lease
  readonly #reader: PublishedReader
  #members = new Members()
  /** By the wall, as stores say when a flush came in: once it was set back, ours is ahead of what comes in from then on. */
  #lookedMs = 0
  #newsMs = Number.POSITIVE_INFINITY
  /** The store's revision when flushes, and when events were read last. */
  #flushesRead: string | undefined
  #eventsRead: string | undefined
  /** The news that the next look would find again, by id: a second's worth is new of half a minute's. */
  #told = new Map<string, number>()
  #publishedMs = Number.NEGATIVE_INFINITY

  constructor(options: FleetOptions) {
    const { store, clock, service } = options
    this.#options = options
    this.#lease = new Lease({ store, clock, name: `judge ${service}` })
    this.#reader = new PublishedReader({ store, clock, service })
  }

  get standing(): Standing {
    return this.#lease.standing
  }

  /** Whether the store failed when it was asked for the lease the last time. */
  get unanswered(): boolean {
    return this.#lease.unanswered
  }

  /** The other instances, as far as this one has heard of them: the holder of all. */
  get members(): readonly Member[] {
    return this.#members.list
  }

  attend(): Promise<Standing> {
    return this.#lease.attend()
  }

  release(): Promise<void> {
    return this.#lease.release()
  }

  /**
   * Reads the last day of all instances into figures that are new. Which flushes there are comes first, then all else
   * without those that come in meanwhile, which `listen` takes: one that is minutes late is in one of the two. The
   * lease is renewed all along: a long day takes longer than its term.
   *
   * @returns the day's events
   */
  async recall(figures: Figures, nowMs: number): Promise<readonly StoredEvent[]> {
    const { store, clock, service, instance } = this.#options
    const cutMs = nowMs - RECENT_MS
    this.#members = new Members()
    this.#lookedMs = clock.wallMs() - RECENT_MS
    const sinceMs = this.#lookedMs - LOOK_BACK_MS
    const flushes = await this.#flushes(sinceMs)
    for (const flush of flushes) this.#members.hear(flush, nowMs)
    const taken = { known: new Map(this.#members.taken), sinceMs }
    this.#members.own(instance)
    for await (const span of store.slices(service, { fromMs: nowMs - DAY_MS, toMs: cutMs }, taken)) {
      figures.restore(span)
      await this.#lease.attend()
    }
    for (const flush of flushes.toSorted((a, b) => a.toMs - b.toMs)) {
      if (flush.toMs <= cutMs) continue
      const slices = flush.slices.map(({ packed, ...key }) => ({ ...key, counts: unpackCounts(packed) }))
      // By a clock that is ahead, or was set back since, windows would stand still until ours has caught up.
      const toMs = Math.min(flush.toMs, nowMs)
      // One further ahead was probably saved before the clock was set back, minutes ago: counted as of now, all of those
      // would be an alert of what is over.
      if (flush.toMs <= nowMs + AHEAD_MS)
        figures.restore({ fromMs: Math.min(flush.fromMs, toMs), toMs, slices })
      if (flush.instance !== instance) figures.hear(flush)
    }
    const events: StoredEvent[] = []
    // What happened before the clock was set back is known, too; grades of a time to come would be a wrong history.
    const span = { fromMs: nowMs - DAY_MS, toMs: nowMs + EVENTS_AHEAD_MS }
    for await (const event of store.events(service, span)) {
      events.push(event)
      const grade = event.atMs > nowMs + AHEAD_MS ? undefined : gradeOf(event)
      if (grade !== undefined) figures.grades.restore(grade)
      await this.#lease.attend()
    }
    return events
  }

  /**
   * What was appended since the last time, by whomever; some of it may come again. What is more than a day ahead (a clock
   * was set back) comes with what is appended after it is that near.
   */
  async news(nowMs: number): Promise<readonly StoredEvent[]> {
    const { store, service } = this.#options
    const revision = await store.revision()
    if (revision !== undefined && revision === this.#eventsRead) {
      this.#newsMs = nowMs
      return []
    }
    const events: StoredEvent[] = []
    // What happened while the store was out of reach is appended when it is back.
    const fromMs = Math.max(Math.min(this.#newsMs, nowMs) - LOOK_BACK_MS, nowMs - DAY_MS)
    for (const [id, atMs] of this.#told) if (atMs <= fromMs) this.#told.delete(id)
    const wanted = { known: new Set(this.#told.keys()) }
    for await (const event of store.events(service, { fromMs, toMs: nowMs + EVENTS_AHEAD_MS }, wanted))
      events.push(event)
    for (const { id, atMs } of events) this.#told.set(id, atMs)
    this.#newsMs = nowMs
    this.#eventsRead = revision
    return events
  }

  /** Whether another instance was there before this process started: then the service has not just started. */
  othersSince(startedMs: number): boolean {
    return this.#members.list.some(({ seenMs }) => seenMs > startedMs)
  }

  /** Adds what the others have saved since the last time; whether there was anything. */
  async listen(figures: Figures, nowMs: number): Promise<boolean> {
    const { store, clock } = this.#options
    const wallMs = clock.wallMs()
    const revision = await store.revision()
    const isNew = revision === undefined || revision !== this.#flushesRead
    const sinceMs = Math.min(this.#lookedMs, wallMs) - LOOK_BACK_MS
    const flushes = isNew ? await this.#flushes(sinceMs) : []
    for (const flush of flushes) this.#members.hear(flush, nowMs)
    for (let at = 0; at < flushes.length; at += MOST_AT_ONCE)
      figures.merge(flushes.slice(at, at + MOST_AT_ONCE))
    this.#members.forget(nowMs)
    this.#lookedMs = wallMs
    this.#flushesRead = revision
    return flushes.length > 0
  }

  /** Shows a snapshot to the others, while one of them wants to see it. */
  async publish(snapshot: Snapshot, token: bigint): Promise<void> {
    const { store, clock, service, lookbacksMs } = this.#options
    const nowMs = clock.monotonicMs()
    if (nowMs - this.#publishedMs < PUBLISH_MS || (await store.asked(service)) < clock.wallMs()) return
    this.#publishedMs = nowMs
    await store.publish(service, { atMs: snapshot.atMs, token, bytes: packSnapshot(snapshot, lookbacksMs) })
  }

  /** What the holder sees; `undefined` when there is none to be had. */
  read(self: () => SelfReport): Promise<Snapshot | undefined> {
    return this.#reader.read(self)
  }

  /** What was read of the holder last, if that was lately. */
  lastRead(self: SelfReport): Snapshot | undefined {
    return this.#reader.last(self)
  }

  async #flushes(sinceMs: number): Promise<readonly StoredFlush[]> {
    const { store, service } = this.#options
    const flushes: StoredFlush[] = []
    const taken = { known: this.#members.taken, sinceMs }
    for await (const flush of store.flushes(service, taken)) flushes.push(flush)
    return flushes
  }
}
