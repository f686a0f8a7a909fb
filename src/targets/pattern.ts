type Token = { readonly kind: 'character'; readonly character: string } | { readonly kind: 'segment' | 'any' }

/** Places in a pattern that a name read so far may have reached, ascending. */
export type Places = readonly number[]

/**
 * A pattern over series names: `*` stands for anything within a path segment, `**` for anything at all, a trailing
 * `/**` also for nothing (`GET /admin/**` covers `GET /admin` too); all else stands for itself. All places a name
 * can have reached are followed at once, so no name takes longer than its length times the pattern's.
 */
export class Pattern {
  readonly text: string
  readonly #tokens: readonly Token[]
  /** The place from which a trailing `/**` may be left out. */
  readonly #mayEnd: number

  constructor(text: string) {
    this.text = text
    this.#tokens = tokensOf(text)
    this.#mayEnd = text.endsWith('/**') ? this.#tokens.length - 2 : this.#tokens.length
  }

  matches(name: string): boolean {
    if (!this.text.includes('*')) return name === this.text
    let places = this.start()
    for (const character of name) {
      places = this.after(places, character)
      if (places.length === 0) return false
    }
    return this.accepts(places)
  }

  /** Where a name stands before its first character. */
  start(): Places {
    return this.#closed(new Set([0]))
  }

  after(places: Places, character: string): Places {
    const next = new Set<number>()
    for (const place of places) {
      const token = this.#tokens[place]
      if (token === undefined) continue
      if (token.kind === 'character') {
        if (token.character === character) next.add(place + 1)
      } else if (token.kind === 'any' || character !== '/') next.add(place)
    }
    return this.#closed(next)
  }

  /** Whether a name may end here. */
  accepts(places: Places): boolean {
    return places.some((place) => place === this.#tokens.length || place === this.#mayEnd)
  }

  /** Characters that lead on from here; `undefined` among them for any other one. */
  leadsOn(places: Places): ReadonlySet<string | undefined> {
    const characters = new Set<string | undefined>()
    for (const place of places) {
      const token = this.#tokens[place]
      if (token === undefined) continue
      characters.add(token.kind === 'character' ? token.character : undefined)
      if (token.kind === 'any') characters.add('/')
    }
    return characters
  }

  /** A wildcard may stand for nothing: whoever is before one is also behind it. */
  #closed(places: Set<number>): Places {
    for (const place of places) {
      const token = this.#tokens[place]
      if (token !== undefined && token.kind !== 'character') places.add(place + 1)
    }
    return [...places].sort((one, other) => one - other)
  }
}

function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(/\*+|[^*]/gu)].map(([part]) => {
    if (!part.startsWith('*')) return { kind: 'character', character: part }
    return { kind: part === '*' ? 'segment' : 'any' }
  })
}
