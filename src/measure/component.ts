import { SafeMap } from '../ground/safe-map.ts'
import { Operation, type Places, type Recording } from './operation.ts'
import { OTHER, shortened } from './series-name.ts'
import type { Tally } from './tally.ts'

/** What a component asks of the thread that it belongs to. */
export interface Thread extends Recording {
  /** Whether there is no room for one more series of a component that has so many. */
  readonly full: (series: number) => boolean
  /** Counts a name that shares `(other)` for want of room. */
  readonly folded: () => void
  /** Makes and announces a tally. */
  readonly tally: (component: string, name: string, nested: boolean) => Tally
}

/**
 * The operations of one component in one thread, of three kinds, which differ in where they count:
 *
 * - an *operation* counts in the component's totals, whatever else is open;
 * - a *primitive* (a query, a password's hash) does so too, unless an operation of its component is open in the same
 *   request: that one stands for it, and the primitive is nested. Inside a primitive nothing of its component runs, so
 *   those that are open beside each other all count;
 * - a *nested* one is always a part of another, of whichever component (of `keyv` what `redis` does under it).
 *
 * What is nested counts in a series of its own: in no total, and in no breakdown as a call.
 */
export class Component {
  readonly name: string
  /** The number that stands for it in a scope. */
  readonly part: number
  readonly #thread: Thread
  readonly #totals = new SafeMap<string, Tally>()
  readonly #apart = new SafeMap<string, Tally>()
  readonly #operations = new SafeMap<string, Operation>()
  readonly #primitives = new SafeMap<string, Operation>()
  readonly #nested = new SafeMap<string, Operation>()

  constructor(name: string, part: number, thread: Thread) {
    this.name = name
    this.part = part
    this.#thread = thread
  }

  /** By name. */
  get tallies(): ReadonlyMap<string, Tally> {
    return this.#totals
  }

  tally(wanted: string): Tally {
    return this.#totals.get(wanted) ?? this.#tally(this.#totals, wanted)
  }

  operation(wanted: string): Operation {
    return (
      this.#operations.get(wanted) ??
      // Its tally is made when it is first used: a module that only names its operations starts no engine.
      this.#open(this.#operations, this.#totals, wanted, (name) => ({ open: () => this.tally(name) }))
    )
  }

  primitive(wanted: string): Operation {
    return (
      this.#primitives.get(wanted) ??
      this.#open(this.#primitives, this.#totals, wanted, (name) => ({
        totals: this.tally(name),
        // Few ever are: its tally is made when one is.
        nested: () => this.#apart.get(name) ?? this.#tally(this.#apart, name),
      }))
    )
  }

  nested(wanted: string): Operation {
    return (
      this.#nested.get(wanted) ??
      this.#open(this.#nested, this.#apart, wanted, (name) => {
        const tally = this.#tally(this.#apart, name)
        return { nested: () => tally }
      })
    )
  }

  #open(
    operations: Map<string, Operation>,
    tallies: ReadonlyMap<string, Tally>,
    wanted: string,
    placesOf: (name: string) => Places,
  ): Operation {
    const name = this.#admitted(tallies, wanted, operations)
    const known = operations.get(name)
    if (known !== undefined) return known
    const places = { ...placesOf(name), shared: name === OTHER }
    const operation = new Operation(this.#thread, this.part, places)
    operations.set(name, operation)
    return operation
  }

  #tally(tallies: Map<string, Tally>, wanted: string): Tally {
    const name = this.#admitted(tallies, wanted)
    const known = tallies.get(name)
    if (known !== undefined) return known
    const tally = this.#thread.tally(this.name, name, tallies === this.#apart)
    tallies.set(name, tally)
    return tally
  }

  /** The name, or for want of room `(other)`: a caller that invents names must not make these maps grow. */
  #admitted(
    tallies: ReadonlyMap<string, Tally>,
    wanted: string,
    named: ReadonlyMap<string, unknown> = tallies,
  ): string {
    const name = shortened(wanted)
    if (name === OTHER || tallies.has(name) || named.has(name)) return name
    if (!this.#thread.full(Math.max(tallies.size, named.size))) return name
    this.#thread.folded()
    return OTHER
  }
}
