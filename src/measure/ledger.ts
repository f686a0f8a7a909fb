import { AsyncLocalStorage } from 'node:async_hooks'
import { SafeMap, SafeSet } from '../ground/safe-map.ts'
import type { Announcement } from './announcement.ts'
import { CacheLayers } from './cache-layers.ts'
import { Component, type Thread } from './component.ts'
import { PARTS, PLAIN } from './layout.ts'
import { LoopTally } from './loop-tally.ts'
import type { Operation, Recording, Timing } from './operation.ts'
import type { RecorderReport } from './recorder-report.ts'
import { RequestTally } from './request-tally.ts'
import type { Scope } from './scope.ts'
import { NAME_LENGTH, OTHER, shortened } from './series-name.ts'
import type { SlowRequest } from './slow-request.ts'
import { SlowHour, SlowSeries, type SlowThread } from './slow-series.ts'
import { Tally } from './tally.ts'

const REQUEST = 'request'
const JOB = 'job'
/** Work that others are parts of: its tallies are of another kind, so it cannot share another component's. */
const WHOLE: ReadonlySet<string> = new SafeSet([REQUEST, JOB])
/** Components beyond this many share `(other)`. */
const COMPONENTS = 32
/** Errors whose text is told in an hour; the rest are only counted. */
const TOLD = 20
const TOLD_WITHIN_MS = 3_600_000

export interface LedgerOptions extends Recording {
  /** This thread's number, unique in the process. */
  readonly thread: number
  /** Tells the engine where to read; called once per new tally, off the hot path. */
  readonly announce: (announcement: Announcement) => void
  /** Limits to count good operations for until the engine publishes its own; ascending, at most four. */
  readonly limits: (component: string, name: string) => readonly number[]
  /** Whether those may be others than the engine will publish; default: never. */
  readonly early?: () => boolean
  /** From how many ms on a request of this name is told as an example; without it none is. */
  readonly slowFrom?: (name: string) => number
  /** Most series of this thread; default 500. */
  readonly seriesLimit?: number
  /** Most series of one component; default 300. */
  readonly componentLimit?: number
}

/**
 * The tallies of one thread by component and name. Finding one is two map look-ups; the first use of a name
 * allocates its tally and announces it. Beyond the limits, names share their component's `(other)`, counted.
 */
export class Ledger {
  readonly loop: LoopTally = new LoopTally()
  #options: LedgerOptions & Required<Pick<LedgerOptions, 'seriesLimit' | 'componentLimit'>>
  readonly #components = new SafeMap<string, Component>()
  readonly #parts: string[] = []
  readonly #announced: Announcement[] = []
  /** What is recorded here, and by which recorder. */
  readonly #recorded = new SafeMap<string, string>()
  readonly #givenUp = new SafeSet<string>()
  readonly #thread: Thread
  readonly #slow: SlowThread
  #series = 0
  #told = 0
  #toldSinceMs = 0

  /** The request that the caller runs in, if any. */
  readonly scopes: AsyncLocalStorage<Scope | undefined>
  readonly now: () => number
  /** Which layers caches belong to. */
  readonly layers: CacheLayers = new CacheLayers()
  /**
   * The operation that a library is at work for: `keyv` for what `redis` does under it. A scope cannot tell, because
   * operations beside each other are all open in it.
   */
  readonly #inside = new AsyncLocalStorage<Timing>()
  /** Whether there ever was one: most applications have none, and are not to pay for the look-up. */
  #everInside = false

  constructor(options: LedgerOptions) {
    this.scopes = options.scopes
    this.now = options.now
    this.#options = { seriesLimit: 500, componentLimit: 300, ...options }
    this.#thread = {
      scopes: options.scopes,
      now: options.now,
      full: (series) => this.#series >= this.#options.seriesLimit || series >= this.#options.componentLimit,
      folded: () => this.loop.seriesFolded(),
      tally: (component, name, nested) => this.#tally(component, name, nested),
    }
    this.#slow = {
      loop: this.loop,
      hour: new SlowHour(),
      component: (part) => this.#parts[part] ?? OTHER,
      tell: (example) => this.#tell(example),
    }
    this.#announce({ kind: 'loop', thread: options.thread, buffer: this.loop.buffer })
  }

  /** The operation of this component and name, made when first asked for; `Component` tells the three kinds apart. */
  operation(component: string, name: string): Operation {
    return this.#component(component).operation(name)
  }

  /** One that counts in the component's totals unless an operation of the same component stands for it. */
  primitive(component: string, name: string): Operation {
    return this.#component(component).primitive(name)
  }

  /** One that is a part of another operation, of whichever component, and counts in no total. */
  nested(component: string, name: string): Operation {
    return this.#component(component).nested(name)
  }

  /** Runs a library's function, at work for an operation of its own. */
  runInside<A extends unknown[], R>(timing: Timing, run: (...given: A) => R, ...given: A): R {
    this.#everInside = true
    return this.#inside.run(timing, run, ...given)
  }

  /** Whether the caller is at work for an operation that is recorded; connections that it opened outlive it. */
  isInside(): boolean {
    return this.#everInside && this.#inside.getStore()?.running === true
  }

  /** Whether the running request is inside an operation of one of these components that the application tracks itself. */
  tracks(components: readonly string[], scope: Scope | undefined = this.scopes.getStore()): boolean {
    // Mostly nothing is open: then there is nothing to look up.
    if (scope === undefined || scope.isIdle) return false
    for (const component of components) {
      const entry = this.#components.get(component)
      if (entry !== undefined && scope.holds(entry.part)) return true
    }
    return false
  }

  /** The tally of a route, e.g. `GET /users/:id`. */
  requestTally(name: string): RequestTally {
    return this.#component(REQUEST).tally(name) as RequestTally
  }

  /** The tally of a kind of job, e.g. `mail/welcome`, with a breakdown as that of a request. */
  jobTally(name: string): RequestTally {
    return this.#component(JOB).tally(name) as RequestTally
  }

  /** The number that stands for a component in a scope. */
  part(component: string): number {
    return this.#component(component).part
  }

  /**
   * For errors of our own: counts one, and tells the engine its text for the self page. The caller goes on as if
   * nothing had happened.
   */
  swallow(where: string, error: unknown): void {
    this.loop.errorSwallowed()
    const nowMs = this.now()
    if (nowMs - this.#toldSinceMs > TOLD_WITHIN_MS) {
      this.#toldSinceMs = nowMs
      this.#told = 0
    }
    if (this.#told >= TOLD) return
    this.#told++
    const text = `${where}: ${textOf(error)}`.slice(0, NAME_LENGTH)
    this.#say({ kind: 'error', thread: this.#options.thread, text })
  }

  /** Tells the engine how a recorder fares, for the self page. */
  report(report: RecorderReport): void {
    const { name, library, how } = report
    if (library !== undefined && how !== undefined) {
      this.takesOn(name, library === 'node' ? `node:${name}` : library)
    }
    this.#announce({ kind: 'recorder', thread: this.#options.thread, report })
  }

  /** A recorder measures this from now on: a library, or apart from it what it may not see, as `amqplib publish`. */
  takesOn(recorder: string, what: string): void {
    this.#recorded.set(what, recorder)
  }

  /** A recorder is switched off, and measures nothing any more, whatever it takes on. */
  givesUp(recorder: string): void {
    this.#givenUp.add(recorder)
  }

  /** Whether a recorder measures this in this thread; of Node.js itself by the recorder's name: `node:sqlite`. */
  records(what: string): boolean {
    const recorder = this.#recorded.get(what)
    return recorder !== undefined && !this.#givenUp.has(recorder)
  }

  /** Takes other limits than it was made with; series that exist stay. */
  bound(limits: Pick<Required<LedgerOptions>, 'seriesLimit' | 'componentLimit'>): void {
    this.#options = { ...this.#options, ...limits }
  }

  /** Says anew from how many ms on requests are told as examples; for series that exist, too. */
  slowFrom(limitOf: (name: string) => number): void {
    this.#options = { ...this.#options, slowFrom: limitOf }
    for (const [name, tally] of this.#components.get(REQUEST)?.tallies ?? []) {
      const { slow } = tally as RequestTally
      if (slow !== undefined) slow.limitMs = limitOf(name)
    }
  }

  /** Everything told so far, for an engine that has just started. */
  get announced(): readonly Announcement[] {
    return this.#announced
  }

  #component(name: string): Component {
    return this.#components.get(name) ?? this.#declare(name)
  }

  #declare(wanted: string): Component {
    const name = shortened(wanted)
    const known = this.#components.get(name)
    if (known !== undefined) return known
    const full = this.#components.size >= COMPONENTS && name !== OTHER && !WHOLE.has(name)
    if (full) return this.#component(OTHER)
    const part = Math.min(this.#components.size, PARTS - 1)
    const component = new Component(name, part, this.#thread)
    this.#components.set(name, component)
    const shown = part === PARTS - 1 ? OTHER : component.name
    this.#parts[part] = shown
    this.#announce({ kind: 'part', thread: this.#options.thread, part, component: shown })
    return component
  }

  #tally(component: string, name: string, nested: boolean): Tally {
    const request = WHOLE.has(component) && !nested
    const slow = component === REQUEST ? this.#slowSeries(name) : undefined
    const early = this.#options.early?.() === true
    const tally = request ? new RequestTally(this.loop, slow, early) : new Tally(this.loop, PLAIN, early)
    try {
      tally.seedLimits(this.#options.limits(component, name))
    } catch (error) {
      // The engine publishes its own within a second.
      this.swallow('limits', error)
    }
    if (name !== OTHER) this.#series++
    const { thread } = this.#options
    this.#announce({ kind: 'series', thread, component, name, nested, request, buffer: tally.buffer })
    return tally
  }

  #slowSeries(name: string): SlowSeries | undefined {
    const { slowFrom } = this.#options
    return slowFrom === undefined ? undefined : new SlowSeries(name, slowFrom(name), this.#slow)
  }

  /** Not among what is announced again: an engine that starts later has no use for it. */
  #tell(example: SlowRequest): void {
    this.#say({ kind: 'example', thread: this.#options.thread, example })
  }

  #announce(announcement: Announcement): void {
    this.#announced.push(announcement)
    this.#say(announcement)
  }

  /** The application waits meanwhile: whatever is wrong with telling must not reach it. */
  #say(announcement: Announcement): void {
    try {
      this.#options.announce(announcement)
    } catch (error) {
      if (announcement.kind !== 'error') this.swallow('announcement', error)
    }
  }
}

/** Whatever was thrown, in words; an error may have a getter that throws for a message. */
function textOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return 'an error without a text'
  }
}
