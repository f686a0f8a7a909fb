import { hostname } from 'node:os'
import { Levels } from '../measure/levels.ts'
import { isRuntime } from '../measure/runtime-components.ts'
import { type Slice, seriesId } from '../measure/slice.ts'
import type { Example } from '../measure/slow-request.ts'
import { type SparseUsers, uniteUsers } from '../measure/users.ts'
import type { Collected } from './collector.ts'
import type { ProcessReading } from './runtime/process-meter.ts'
import type { Batch, Presence, StoredEvent } from './store.ts'

/** An instance that counts nothing saves that it is there so often. */
const HEARTBEAT_MS = 10_000
/** A reading that comes a little early must not put its batch off to the next one. */
const SLACK_MS = 500

/** What stays the same of an instance as long as it runs. */
export type Identity = Pick<Presence, 'host' | 'pid' | 'node' | 'version' | 'startedMs'>

export function identityOf(version: string, startedMs: number): Identity {
  const { pid, version: node } = process
  return { host: hostname(), pid, node, version, startedMs }
}

export interface OutboxOptions {
  readonly service: string
  readonly instance: string
  readonly identity: Identity
  /** How often there is a batch. */
  readonly flushMs: number
  /** Whether other processes want to know that this one is there. */
  readonly heartbeat: boolean
  readonly startMs: number
}

/** What was read and not yet made a batch of: a store far away is written to less often than tallies are read. */
export class Outbox {
  readonly #options: OutboxOptions
  #slices = new Map<string, Slice>()
  #users: SparseUsers[] = []
  #levels = new Levels()
  #events: StoredEvent[] = []
  #examples: Example[] = []
  #inFlight = 0
  #runtime: ProcessReading | undefined
  /** Nothing but what every process counts all the time. */
  #quiet = true
  #fromMs: number
  #toMs: number
  #lastMs: number
  #flush = 0

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#fromMs = options.startMs
    this.#toMs = options.startMs
    this.#lastMs = options.startMs
  }

  /** The number of the last batch. */
  get flush(): number {
    return this.#flush
  }

  /** Takes a reading. Its counts may be changed here: nobody else needs them any more. */
  add(
    toMs: number,
    { slices, users, levels, inFlight, runtime }: Collected,
    events: readonly StoredEvent[],
  ): void {
    // An idle hour before it is no part of a batch.
    if (this.#empty) this.#fromMs = this.#toMs
    for (const slice of slices) {
      if (!isRuntime(slice.component)) this.#quiet = false
      const id = seriesId(slice)
      const mine = this.#slices.get(id)
      if (mine === undefined) this.#slices.set(id, slice)
      else mine.counts.add(slice.counts)
    }
    this.#users.push(...users)
    this.#levels.merge(levels)
    this.#events.push(...events)
    this.#inFlight = inFlight
    this.#runtime = runtime
    this.#toMs = toMs
  }

  /** Takes what other instances are to hear of a slow request. */
  tell(example: Example): void {
    this.#examples.push(example)
  }

  /** The batch that is due, if one is. */
  due(force = false): Batch | undefined {
    const { service, instance, identity, flushMs, heartbeat } = this.#options
    const sinceMs = this.#toMs - this.#lastMs
    const forced = force && !this.#empty
    const idle = this.#quiet && this.#events.length === 0
    // An idle process does not write its loop's figures every second: they wait for the sign that it is there.
    const wanted = idle
      ? (heartbeat || !this.#empty) && sinceMs >= HEARTBEAT_MS
      : sinceMs >= flushMs - SLACK_MS
    if (!wanted && !forced) return undefined
    const batch: Batch = {
      service,
      instance,
      flush: ++this.#flush,
      fromMs: this.#fromMs,
      toMs: this.#toMs,
      slices: [...this.#slices.values()],
      events: this.#events,
      presence: {
        ...identity,
        inFlight: this.#inFlight,
        users: uniteUsers(this.#users),
        levels: this.#levels,
        examples: this.#examples,
        ...(this.#runtime === undefined ? {} : { runtime: this.#runtime }),
      },
    }
    this.#slices = new Map()
    this.#quiet = true
    this.#users = []
    this.#levels = new Levels()
    this.#events = []
    this.#examples = []
    this.#fromMs = this.#toMs
    this.#lastMs = this.#toMs
    return batch
  }

  get #empty(): boolean {
    return this.#slices.size === 0 && this.#events.length === 0
  }
}
