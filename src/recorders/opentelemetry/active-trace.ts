const API: unique symbol = Symbol.for('opentelemetry.js.api.1') as never
const SPAN: unique symbol = Symbol.for('OpenTelemetry Context Key SPAN') as never

/** What `@opentelemetry/api` keeps globally, once the application has set it up. */
interface Global {
  readonly [API]?: {
    readonly context?: { active(): { getValue(key: symbol): Spanning | undefined } }
  }
}

interface Spanning {
  spanContext?(): { readonly traceId?: unknown }
}

/** The id of the trace that the caller runs in; `undefined` where there is none, or no OpenTelemetry. */
export function activeTraceId(): string | undefined {
  const active = (globalThis as Global)[API]?.context?.active()
  return traceIdOf(active?.getValue(SPAN))
}

export function traceIdOf(span: Spanning | undefined): string | undefined {
  const id = span?.spanContext?.().traceId
  return typeof id === 'string' && /^(?!0{32})[0-9a-f]{32}$/.test(id) ? id : undefined
}
