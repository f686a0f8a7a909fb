import { printable } from '../printable.ts'

/** A value from a JSON document that may be of another version, or of another program: every question has an answer. */
export class Json {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }

  at(key: string): Json {
    const { value } = this
    return new Json(
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    )
  }

  number(): number | null {
    return typeof this.value === 'number' && Number.isFinite(this.value) ? this.value : null
  }

  count(): number {
    return this.number() ?? 0
  }

  /** Without control characters: names may hold what a terminal would obey. Empty when it is no text. */
  text(): string {
    return typeof this.value === 'string' ? printable(this.value) : ''
  }

  textOrNull(): string | null {
    return typeof this.value === 'string' ? this.text() : null
  }

  list(): readonly Json[] {
    return Array.isArray(this.value) ? this.value.map((each) => new Json(each)) : []
  }

  entries(): readonly (readonly [name: string, value: Json])[] {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) return []
    return Object.entries(this.value).map(([name, value]) => [new Json(name).text(), new Json(value)])
  }
}
