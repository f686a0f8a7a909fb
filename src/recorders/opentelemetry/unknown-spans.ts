import type { Ledger } from '../../measure/ledger.ts'
import type { RecorderReport } from '../../measure/recorder-report.ts'
import { type EndedSpan, scopeOf } from './span.ts'

/** Makers of spans that are named; the spans of others are only counted. */
const NAMED = 8
const GIVEN = 'spans of the application’s tracer'

/** Tells the engine that there are spans, and of which makers nobody knows what theirs stand for. */
export class UnknownSpans {
  readonly #ledger: Ledger
  readonly #makers = new Set<string>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
    this.#report(GIVEN)
  }

  add(span: EndedSpan): void {
    this.#ledger.loop.spanUnknown()
    const maker = scopeOf(span) || '(unnamed)'
    if (this.#makers.size >= NAMED || this.#makers.has(maker)) return
    this.#makers.add(maker)
    this.#report(
      `${GIVEN}; not recorded, as no convention says what they stand for: those of ${[...this.#makers].join(', ')}`,
    )
  }

  #report(detail: string): void {
    const report: RecorderReport = { name: 'opentelemetry', state: 'attached', detail }
    this.#ledger.report(report)
  }
}
