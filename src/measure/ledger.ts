import { AsyncLocalStorage } from 'node:async_hooks'
import type { Announcement } from './announcement.ts'
import { CacheLayers } from './cache-layers.ts'
import { PARTS } from './layout.ts'
import { LoopTally } from './loop-tally.ts'
import { Operation, type Recording, type Timing } from './operation.ts'
import type { RecorderReport } from './recorder-report.ts'
import { RequestTally } from './request-tally.ts'
import type { Scope } from './scope.ts'
import type { SlowRequest } from './slow-request.ts'
import { SlowHour, SlowSeries, type SlowThread } from './slow-series.ts'
import { Tally } from './tally.ts'

/** The name that series share once there are too many of them. */
export const OTHER = '(other)'
const REQUEST = 'request'
const JOB = 'job'
/** Work that others are parts of: its tallies are of another kind, so it cannot share another component's. */
const WHOLE: ReadonlySet<string> = new Set([REQUEST, JOB])
/** Longer names are cut: a name is a route template or a query's fingerprint, never its text. */
export const NAME_LENGTH = 200
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
  /** From how many ms on a request of this name is told as an example; without it none is. */
  readonly slowFrom?: (name: string) => number
  /** Most series of this thread; default 500. */
  readonly seriesLimit?: number
  /** Most series of one component; default 300. */
  readonly componentLimit?: number
}

interface Series {
  readonly tally: Tally
  readonly operation: Operation
}

interface Component {
  readonly name: string
  readonly part: number
  readonly series: Map<string, Series>
  readonly primitives: Map<string, Series>
  readonly leaves: Map<string, Series>
  readonly inners: Map<string, Series>
  readonly nested: Map<string, Tally>
}

/**
 * The tallies of one thread by component and name. Finding one is two map look-ups; the first use of a name
 * allocates its tally and announces it. Beyond the limits, names share their component's `(other)`, counted.
 */
export class Ledger {
  readonly loop: LoopTally = new LoopTally()
  #options: LedgerOptions & Required<Pick<LedgerOptions, 'seriesLimit' | 'componentLimit'>>
  readonly #components = new Map<string, Component>()
  readonly #parts: string[] = []
  readonly #announced: Announcement[] = []
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
  readonly inside: AsyncLocalStorage<Timing> = new AsyncLocalStorage<Timing>()

  constructor(options: LedgerOptions) {
    this.scopes = options.scopes
    this.now = options.now
    this.#options = { seriesLimit: 500, componentLimit: 300, ...options }
    this.#slow = {
      loop: this.loop,
      hour: new SlowHour(),
      component: (part) => this.#parts[part] ?? OTHER,
      tell: (example) => this.#tell(example),
    }
    this.#announce({ kind: 'loop', thread: options.thread, buffer: this.loop.buffer })
  }

  /** The operation of this component and name, made when first asked for. */
  operation(component: string, name: string): Operation {
    const entry = this.#component(component)
    return (entry.series.get(name) ?? this.#open(entry, name, entry.series)).operation
  }

  /**
   * An operation that may be a part of another of its own component (a password hash within a login): then it
   * counts in a series of its own, not in the component's totals.
   */
  primitive(component: string, name: string): Operation {
    const entry = this.#component(component)
    return (entry.primitives.get(name) ?? this.#open(entry, name, entry.primitives)).operation
  }

  /**
   * A primitive inside of which nothing of its component runs, such as a query: several may be open at once in one
   * request, and each counts in the totals unless a plain operation of its component is open.
   */
  leaf(component: string, name: string): Operation {
    const entry = this.#component(component)
    return (entry.leaves.get(name) ?? this.#open(entry, name, entry.leaves)).operation
  }

  /** A leaf that is a part of another operation, of whichever component: it counts in a series of its own only. */
  inner(component: string, name: string): Operation {
    const entry = this.#component(component)
    return (entry.inners.get(name) ?? this.#open(entry, name, entry.inners)).operation
  }

  /** Whether the caller does what it does for an operation that is recorded; connections that it opened outlive it. */
  isPart(): boolean {
    return this.inside.getStore()?.running === true
  }

  /** Whether the running request is inside an operation of one of these components that the application tracks itself. */
  tracks(components: readonly string[]): boolean {
    const scope = this.scopes.getStore()
    if (scope === undefined) return false
    for (const component of components) {
      const entry = this.#components.get(component)
      if (entry !== undefined && scope.depth(entry.part) > 0) return true
    }
    return false
  }

  /** The tally of a route, e.g. `GET /users/:id`. */
  requestTally(name: string): RequestTally {
    return this.#whole(REQUEST, name)
  }

  /** The tally of a kind of job, e.g. `mail/welcome`, with a breakdown as that of a request. */
  jobTally(name: string): RequestTally {
    return this.#whole(JOB, name)
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
    this.#options.announce({ kind: 'error', thread: this.#options.thread, text })
  }

  /** Tells the engine how a recorder fares, for the self page. */
  report(report: RecorderReport): void {
    this.#announce({ kind: 'recorder', thread: this.#options.thread, report })
  }

  /** Takes other limits than it was made with; series that exist stay. */
  bound(limits: Pick<Required<LedgerOptions>, 'seriesLimit' | 'componentLimit'>): void {
    this.#options = { ...this.#options, ...limits }
  }

  /** Says anew from how many ms on requests are told as examples; for series that exist, too. */
  slowFrom(limitOf: (name: string) => number): void {
    this.#options = { ...this.#options, slowFrom: limitOf }
    for (const [name, { tally }] of this.#components.get(REQUEST)?.series ?? []) {
      const { slow } = tally as RequestTally
      if (slow !== undefined) slow.limitMs = limitOf(name)
    }
  }

  /** Everything told so far, for an engine that has just started. */
  get announced(): readonly Announcement[] {
    return this.#announced
  }

  #whole(component: string, name: string): RequestTally {
    const entry = this.#component(component)
    return (entry.series.get(name) ?? this.#open(entry, name, entry.series)).tally as RequestTally
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
    const component: Component = {
      name,
      part,
      series: new Map(),
      primitives: new Map(),
      leaves: new Map(),
      inners: new Map(),
      nested: new Map(),
    }
    this.#components.set(name, component)
    const shown = part === PARTS - 1 ? OTHER : component.name
    this.#parts[part] = shown
    this.#announce({ kind: 'part', thread: this.#options.thread, part, component: shown })
    return component
  }

  #open(component: Component, wanted: string, map: Map<string, Series>): Series {
    const name = shortened(wanted)
    const known = map.get(name)
    if (known !== undefined) return known
    if (name !== OTHER && this.#full(component) && !component.series.has(name)) {
      // Not remembered under its own name: a caller that invents names must not grow this map either.
      this.loop.seriesFolded()
      return map.get(OTHER) ?? this.#open(component, OTHER, map)
    }
    const plain = map === component.series
    const tally = plain ? this.#tally(component, name, false) : this.#shared(component, name)
    const nested = plain ? undefined : () => this.#nested(component, name)
    const inner = map === component.inners
    const leaf = inner || map === component.leaves
    const operation = new Operation(this.#options, tally, component.part, nested, leaf, inner)
    const series = { tally, operation }
    map.set(name, series)
    return series
  }

  /** A primitive that ran on its own counts in the plain series of its name. */
  #shared(component: Component, name: string): Tally {
    return (component.series.get(name) ?? this.#open(component, name, component.series)).tally
  }

  #nested(component: Component, name: string): Tally {
    const known = component.nested.get(name)
    if (known !== undefined) return known
    if (name !== OTHER && this.#series >= this.#options.seriesLimit) {
      this.loop.seriesFolded()
      return this.#nested(component, OTHER)
    }
    const tally = this.#tally(component, name, true)
    component.nested.set(name, tally)
    return tally
  }

  #full(component: Component): boolean {
    return this.#series >= this.#options.seriesLimit || component.series.size >= this.#options.componentLimit
  }

  #tally(component: Component, name: string, nested: boolean): Tally {
    const request = WHOLE.has(component.name) && !nested
    const slow = component.name === REQUEST ? this.#slowSeries(name) : undefined
    const tally = request ? new RequestTally(this.loop, slow) : new Tally(this.loop)
    tally.seedLimits(this.#options.limits(component.name, name))
    if (name !== OTHER) this.#series++
    const { thread } = this.#options
    this.#announce({
      kind: 'series',
      thread,
      component: component.name,
      name,
      nested,
      request,
      buffer: tally.buffer,
    })
    return tally
  }

  #slowSeries(name: string): SlowSeries | undefined {
    const { slowFrom } = this.#options
    return slowFrom === undefined ? undefined : new SlowSeries(name, slowFrom(name), this.#slow)
  }

  /** Not among what is announced again: an engine that starts later has no use for it. */
  #tell(example: SlowRequest): void {
    try {
      this.#options.announce({ kind: 'example', thread: this.#options.thread, example })
    } catch (error) {
      this.swallow('example', error)
    }
  }

  #announce(announcement: Announcement): void {
    this.#announced.push(announcement)
    this.#options.announce(announcement)
  }
}

/** The name as it is announced and stored, where half a character would come back as another one. */
function shortened(name: string): string {
  return (name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name).toWellFormed()
}

/** Whatever was thrown, in words; an error may have a getter that throws for a message. */
function textOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return 'an error without a text'
  }
}
