import { SafeMap } from '../ground/safe-map.ts'

// As they were when this was loaded.
const { create, keys } = Object

/** Characters remembered per text, on average: a query builder's long SELECT must fit, bulk inserts must not pile up. */
const AVERAGE = 1024
/** A longer text is not remembered at all. */
const LONGEST = 8192

/**
 * What is known of the texts that came lately. They are keys in memory as long as they are among the latest, and stored
 * nowhere. Two generations instead of a list in order of use: a hit is one look-up and moves nothing.
 *
 * @example
 * const names = new RecentTexts<string>(1000)
 * names.set('SELECT * FROM users', 'SELECT users')
 */
export class RecentTexts<T> {
  readonly #most: number
  #young: Map<string, T> = new SafeMap()
  #old = this.#young
  #characters = 0

  /** @param limit most texts remembered; together at most 1 024 characters times as many */
  constructor(limit: number) {
    this.#most = Math.max(1, Math.floor(limit / 2))
  }

  /** `undefined` for one that has not come lately, or is of over 8 192 characters. */
  get(text: string): T | undefined {
    // First: to look a text up takes reading all of it.
    if (text.length > LONGEST) return undefined
    const known = this.#young.get(text)
    if (known !== undefined) return known
    const before = this.#old.get(text)
    if (before !== undefined) this.set(text, before)
    return before
  }

  set(text: string, value: T): void {
    if (text.length > LONGEST) return
    this.#characters += text.length
    if (this.#young.size >= this.#most || this.#characters > this.#most * AVERAGE) {
      this.#old = this.#young
      this.#young = new SafeMap()
      this.#characters = text.length
    }
    this.#young.set(ownCopy(text), value)
  }
}

/**
 * The same text without what it may have been cut from: V8 keeps all of a dump or a body for as long as a piece of it is kept.
 * By the name of a property, because V8 has one copy of those, which is the application's where it wrote the text in its code:
 * that one is found without being read.
 */
function ownCopy(text: string): string {
  const holder: Record<string, true> = create(null)
  holder[text] = true
  return keys(holder)[0]!
}
