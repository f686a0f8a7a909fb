import type { Ledger } from '../../measure/ledger.ts'
import type { Scope } from '../../measure/scope.ts'
import { Guard } from '../libraries/guard.ts'
import { traceIdOf } from './active-trace.ts'
import { httpFailed, operationOf } from './operation-of.ts'
import { recordedHere } from './recorded-here.ts'
import { type EndedSpan, ERROR } from './span.ts'

/** What a tracer provider of OpenTelemetry's asks of a processor. */
export interface SpanProcessor {
  onStart(span: object, context: unknown): void
  onEnd(span: object): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** Records spans as operations, each in the request in which it began. What fails in here stays here. */
export class OperationsOfSpans implements SpanProcessor {
  readonly #ledger: () => Ledger | undefined
  readonly #requests = new WeakMap<object, Scope>()
  #guard: Guard | undefined
  #on = true

  /** @param ledger of this thread, once Yardstick runs there */
  constructor(ledger: () => Ledger | undefined) {
    this.#ledger = ledger
  }

  onStart(span: object): void {
    const scope = this.#on ? this.#ledger()?.scopes.getStore() : undefined
    if (scope === undefined) return
    try {
      this.#requests.set(span, scope)
      scope.traceId ??= traceIdOf(span)
    } catch (error) {
      this.#caught(error)
    }
  }

  onEnd(span: object): void {
    const ledger = this.#ledger()
    if (!this.#on || ledger === undefined) return
    try {
      this.#record(ledger, span as EndedSpan)
    } catch (error) {
      this.#caught(error)
    }
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#on = false
  }

  #caught(error: unknown): void {
    const ledger = this.#ledger()
    if (ledger === undefined) return
    this.#guard ??= new Guard('opentelemetry', ledger, () => {
      this.#on = false
    })
    this.#guard.caught(error)
  }

  #record(ledger: Ledger, span: EndedSpan): void {
    const operation = operationOf(span)
    if (operation === undefined) return
    const scope = this.#requests.get(span)
    // In a request of ours it is that request.
    if (operation.component === 'request' && scope !== undefined) return
    if (recordedHere(ledger, span)) return
    const [seconds, nanoseconds] = span.duration
    const durationMs = seconds * 1000 + nanoseconds / 1e6
    const failed = httpFailed(span) ?? span.status.code === ERROR
    const { component, name } = operation
    ledger.scopes.run(scope, () => ledger.primitive(component, name).record(durationMs, failed))
  }
}
