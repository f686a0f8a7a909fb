import type { Ledger } from '../../measure/ledger.ts'
import type { RecorderReport } from '../../measure/recorder-report.ts'
import { type EndedSpan, scopeOf } from './span.ts'

/** Makers of spans that are named; the spans of others are only counted. */
const NAMED = 8
const GIVEN = 'spans of the application’s tracer'
const UNKNOWN = `${GIVEN}; not recorded, as no convention says what they stand for: those of`

/** Tells the engine that there are spans, and of which makers nobody knows what theirs stand for. */
export class UnknownSpans {
  readonly #ledger: Ledger
  readonly #makers = new Set<string>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
    this.#report({ detail: GIVEN })
  }

  add(span: EndedSpan): void {
    this.#ledger.loop.spanUnknown()
    const maker = scopeOf(span) || '(unnamed)'
    if (this.#makers.size >= NAMED || this.#makers.has(maker)) return
    this.#makers.add(maker)
    this.#report({ detail: UNKNOWN, lacking: [maker] })
  }

  #report(news: Pick<RecorderReport, 'detail' | 'lacking'>): void {
    this.#ledger.report({ name: 'opentelemetry', state: 'attached', ...news })
  }
}
