/** What is looked at of a span of OpenTelemetry's, in our words: nothing of it is loaded, nor are its types. */
export interface EndedSpan {
  readonly name: string
  /** 0 internal, 1 server, 2 client, 3 producer, 4 consumer. */
  readonly kind: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly status: { readonly code: number }
  /** Seconds, and nanoseconds over. */
  readonly duration: readonly [seconds: number, nanoseconds: number]
  /** Who made it; under its older name before version 2 of the SDK. */
  readonly instrumentationScope?: { readonly name: string }
  readonly instrumentationLibrary?: { readonly name: string }
}

export const INTERNAL = 0
export const SERVER = 1
export const CLIENT = 2
export const PRODUCER = 3
export const CONSUMER = 4
/** `SpanStatusCode.ERROR`. */
export const ERROR = 2

/** Who made it: the name of an instrumentation, or of whatever asked for the tracer. */
export function scopeOf({ instrumentationScope, instrumentationLibrary }: EndedSpan): string {
  return (instrumentationScope ?? instrumentationLibrary)?.name ?? ''
}

/** A text, of the first of these attributes that is one. */
export function textOf(span: EndedSpan, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = span.attributes[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}
