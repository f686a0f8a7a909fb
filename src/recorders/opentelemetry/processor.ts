import { SafeMap } from '../../ground/safe-map.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { Scope } from '../../measure/scope.ts'
import { Guard } from '../libraries/guard.ts'
import { type Context, spanOf, traceIdOf } from './active-trace.ts'
import { httpFailed, isHttpClient, operationOf } from './operation-of.ts'
import { recordedHere } from './recorded-here.ts'
import { type EndedSpan, ERROR, INTERNAL } from './span.ts'
import { UnknownSpans } from './unknown-spans.ts'

/** What a tracer provider of OpenTelemetry's asks of a processor. */
export interface SpanProcessor {
  onStart(span: object, context: unknown): void
  onEnd(span: object): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/**
 * Components of which only the driver counts, as bits: mappers, query builders and instrumented calls of a pool make spans
 * of their own around its.
 */
const LAYERED = new SafeMap<string, number>([
  ['database', 1],
  ['cache_l2', 2],
])

/** What is remembered of a span until it ends. */
interface Begun {
  /** The request in which it began. */
  readonly scope: Scope | undefined
  /** Cut at the end: a span may begin in one that is over, and that one in another, for as long as the process lives. */
  parent: Begun | undefined
  /** Layered components of which a span inside of it has counted. */
  inside: number
}

/** To whom it is told what went wrong and what nobody knows: another one where Yardstick was started again. */
interface Telling {
  readonly ledger: Ledger
  readonly guard: Guard
  readonly unknown: UnknownSpans
  gaveUp: boolean
}

/** Records spans as operations, each in the request in which it began. What fails in here stays here. */
export class OperationsOfSpans implements SpanProcessor {
  readonly #ledger: () => Ledger | undefined
  readonly #begun = new WeakMap<object, Begun>()
  #telling: Telling | undefined
  #on = true

  /** @param ledger of this thread, once Yardstick runs there */
  constructor(ledger: () => Ledger | undefined) {
    this.#ledger = ledger
  }

  onStart(span: object, context: unknown): void {
    const ledger = this.#recording()
    if (ledger === undefined) return
    try {
      const scope = ledger.scopes.getStore()
      const around = spanOf(context as Context)
      this.#begun.set(span, { scope, parent: around && this.#begun.get(around), inside: 0 })
      if (scope !== undefined) scope.traceId ??= traceIdOf(span)
    } catch (error) {
      this.#tellingOf(ledger).guard.caught(error)
    }
  }

  onEnd(span: object): void {
    const begun = this.#begun.get(span)
    this.#begun.delete(span)
    const ledger = this.#recording()
    if (ledger !== undefined) {
      try {
        this.#record(ledger, span as EndedSpan, begun)
      } catch (error) {
        this.#tellingOf(ledger).guard.caught(error)
      }
    }
    if (begun !== undefined) begun.parent = undefined
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#on = false
  }

  /** Where spans are recorded, if anywhere: a ledger with which it gave up is left alone, the next one is not. */
  #recording(): Ledger | undefined {
    const ledger = this.#on ? this.#ledger() : undefined
    return ledger === this.#telling?.ledger && this.#telling?.gaveUp === true ? undefined : ledger
  }

  #tellingOf(ledger: Ledger): Telling {
    if (this.#telling?.ledger === ledger) return this.#telling
    const guard = new Guard('opentelemetry', ledger, () => {
      telling.gaveUp = true
    })
    const telling: Telling = { ledger, guard, unknown: new UnknownSpans(ledger), gaveUp: false }
    this.#telling = telling
    return telling
  }

  #record(ledger: Ledger, span: EndedSpan, begun: Begun | undefined): void {
    const { unknown } = this.#tellingOf(ledger)
    const operation = operationOf(span)
    const layer = LAYERED.get(operation?.component ?? '') ?? 0
    const inside = begun?.inside ?? 0
    if (begun?.parent !== undefined) begun.parent.inside |= inside | layer
    if (operation === undefined) {
      if (isHttpClient(span)) ledger.loop.spanPassedOver()
      else if (span.kind !== INTERNAL) unknown.add(span)
      return
    }
    const { component, name } = operation
    // In a request of ours it is that request.
    const isRequest = component === 'request' && begun?.scope !== undefined
    if (isRequest || (inside & layer) !== 0 || recordedHere(ledger, span)) {
      ledger.loop.spanPassedOver()
      return
    }
    ledger.loop.spanRecorded()
    const [seconds, nanoseconds] = span.duration
    const durationMs = seconds * 1000 + nanoseconds / 1e6
    const failed = httpFailed(span) ?? span.status.code === ERROR
    ledger.scopes.run(begun?.scope, () => ledger.primitive(component, name).record(durationMs, failed))
  }
}
