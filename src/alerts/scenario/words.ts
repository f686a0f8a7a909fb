import { YardstickError } from '../../ground/errors.ts'

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The words of one line, read one after the other. */
export class Words {
  readonly text: string
  readonly line: number
  readonly #words: readonly { readonly text: string; readonly quoted: boolean }[]
  #at = 0

  constructor(text: string, line: number) {
    this.text = text.trim()
    this.line = line
    const found = this.text.matchAll(/"([^"]*)"|,|[^\s,"]+/g)
    this.#words = [...found].map(([whole, quoted]) => ({
      text: quoted ?? whole,
      quoted: quoted !== undefined,
    }))
  }

  get ended(): boolean {
    return this.#at >= this.#words.length
  }

  /** The next word, without taking it. */
  get next(): string | undefined {
    return this.#words[this.#at]?.text
  }

  /** Takes the next word, whatever it is. */
  word(expected: string): string {
    const word = this.#words[this.#at]
    if (word === undefined || (word.text === ',' && !word.quoted)) return this.wrong(expected)
    this.#at++
    return word.text
  }

  /** Takes these words if they come next. */
  take(...wanted: readonly string[]): boolean {
    if (!wanted.every((word, i) => this.#words[this.#at + i]?.text === word)) return false
    this.#at += wanted.length
    return true
  }

  need(wanted: string): void {
    if (!this.take(wanted)) this.wrong(`"${wanted}"`)
  }

  choice<T extends string>(choices: readonly T[]): T {
    const word = this.word(choices.join(', '))
    return choices.find((each) => each === word) ?? this.#back(choices.join(', '))
  }

  /** `2m20s`, `1h`, `300ms`. */
  durationMs(): number {
    const expected = 'a time such as 10s or 2m20s'
    return durationOf(this.word(expected)) ?? this.#back(expected)
  }

  number(expected: string, suffix = ''): number {
    const word = this.word(expected)
    const value = word.endsWith(suffix)
      ? Number(word.slice(0, word.length - suffix.length) || 'x')
      : Number.NaN
    return Number.isFinite(value) ? value : this.#back(expected)
  }

  end(): void {
    if (!this.ended) this.wrong('the end of the line')
  }

  /** @throws YardstickError `YS_SCENARIO`, always */
  wrong(expected: string): never {
    const got = this.next === undefined ? 'the end of the line' : JSON.stringify(this.next)
    throw new YardstickError(
      'YS_SCENARIO',
      `line ${this.line}: expected ${expected}, got ${got} in: ${this.text}`,
    )
  }

  #back(expected: string): never {
    this.#at--
    return this.wrong(expected)
  }
}

function durationOf(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|min|[smhd])/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined
  return parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS],
    0,
  )
}

/** A time from the start as a scenario writes it: `2m20s`. */
export function offsetText(offsetMs: number): string {
  const seconds = Math.round(offsetMs / 1000)
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  const text = parts.map(([amount, unit]) => (amount === 0 ? '' : `${amount}${unit}`)).join('')
  return text === '' ? '0s' : text
}
