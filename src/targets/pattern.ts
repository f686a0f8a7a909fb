import { SafeMap } from '../ground/safe-map.ts'

/** Places in a pattern that a name read so far may have reached: one bit each, the first in the lowest. */
export type Places = Uint32Array

const SLASH = 47
const WORD_BITS = 32

/**
 * A pattern over series names: `*` stands for anything within a path segment, `**` for anything at all, a trailing
 * `/**` also for nothing (`GET /admin/**` covers `GET /admin` too); all else stands for itself. All places a name
 * can have reached are followed at once, 32 in one step: no name takes longer than its length times the pattern's.
 *
 * @example new Pattern('GET /*.png').matches('GET /logo.png') // true
 */
export class Pattern {
  readonly text: string
  readonly #isPlain: boolean
  /** What a name must begin and end with. */
  readonly #prefix: string
  readonly #suffix: string
  /** A character or a run of `*` each; never two runs in a row. */
  readonly #tokens: readonly string[]
  /** Where the tokens of one character stand. */
  readonly #literals: ReadonlyMap<number, Places>
  readonly #wildcards: Places
  /** Those of the wildcards that stand for `/` too. */
  readonly #across: Places
  readonly #first: Places
  readonly #ends: Places
  /** Once here, whatever follows fits. */
  readonly #settled: Places
  /** For `matches`, which is asked for every request: it allocates nothing. */
  readonly #here: Places

  constructor(text: string) {
    this.text = text
    this.#isPlain = !text.includes('*')
    this.#tokens = text.match(/\*+|[^*]/gu) ?? []
    const { length } = this.#tokens
    const none = (): Places => new Uint32Array(Math.floor(length / WORD_BITS) + 1)
    const literals = new SafeMap<number, Places>()
    this.#wildcards = none()
    this.#across = none()
    this.#tokens.forEach((token, place) => {
      if (token.startsWith('*')) {
        mark(this.#wildcards, place)
        if (token.length > 1) mark(this.#across, place)
        return
      }
      const code = token.codePointAt(0)!
      const places = literals.get(code) ?? none()
      mark(places, place)
      literals.set(code, places)
    })
    this.#literals = literals
    this.#prefix = /^[^*]*/.exec(text)![0]
    this.#suffix = text.slice(text.lastIndexOf('*') + 1)
    this.#first = none()
    mark(this.#first, 0)
    if (has(this.#wildcards, 0)) mark(this.#first, 1)
    this.#ends = none()
    mark(this.#ends, length)
    if (text.endsWith('/**')) mark(this.#ends, length - 2)
    this.#settled = none()
    if (length > 0 && has(this.#across, length - 1)) mark(this.#settled, length - 1)
    this.#here = none()
  }

  matches(name: string): boolean {
    if (this.#isPlain) return name === this.text
    if (!name.endsWith(this.#suffix)) return false
    if (!name.startsWith(this.#prefix) && !this.text.endsWith('/**')) return false
    const here = this.#here
    here.set(this.#first)
    for (let i = 0; i < name.length; i++) {
      const code = name.codePointAt(i)!
      if (code > 0xffff) i++
      if (!this.#step(here, code)) return false
      if (meet(here, this.#settled)) return true
    }
    return meet(here, this.#ends)
  }

  /** Where a name stands before its first character. */
  start(): Places {
    return this.#first.slice()
  }

  after(places: Places, character: string): Places {
    const next = places.slice()
    this.#step(next, character.codePointAt(0)!)
    return next
  }

  /** Whether a name may end here. */
  accepts(places: Places): boolean {
    return meet(places, this.#ends)
  }

  /** Characters that lead on from here; `undefined` among them for any other one. */
  leadsOn(places: Places): ReadonlySet<string | undefined> {
    const characters = new Set<string | undefined>()
    this.#tokens.forEach((token, place) => {
      if (!has(places, place)) return
      characters.add(token.startsWith('*') ? undefined : token)
      if (token.length > 1 && has(this.#across, place)) characters.add('/')
    })
    return characters
  }

  /** Moves all places over a character. A wildcard may stand for nothing: whoever is before one is also behind it. */
  #step(places: Places, code: number): boolean {
    const literal = this.#literals.get(code)
    const stay = code === SLASH ? this.#across : this.#wildcards
    let carried = 0
    let any = 0
    for (let w = 0; w < places.length; w++) {
      const here = places[w]!
      const moved = literal === undefined ? 0 : here & literal[w]!
      const reached = (moved << 1) | carried | (here & stay[w]!)
      const passed = reached & this.#wildcards[w]!
      places[w] = reached | (passed << 1)
      any |= places[w]!
      carried = (moved | passed) >>> (WORD_BITS - 1)
    }
    return any !== 0 || carried !== 0
  }
}

function mark(places: Places, place: number): void {
  places[Math.floor(place / WORD_BITS)]! |= 1 << (place % WORD_BITS)
}

function has(places: Places, place: number): boolean {
  return (places[Math.floor(place / WORD_BITS)]! & (1 << (place % WORD_BITS))) !== 0
}

function meet(some: Places, others: Places): boolean {
  for (let w = 0; w < some.length; w++) if ((some[w]! & others[w]!) !== 0) return true
  return false
}
