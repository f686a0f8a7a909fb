// The subpath `yardstick/opentelemetry`: what the application's own tracer knows and Yardstick's recorders do not.
import { OperationsOfSpans, type SpanProcessor } from './recorders/opentelemetry/processor.ts'
import { current } from './running.ts'

export type { SpanProcessor } from './recorders/opentelemetry/processor.ts'

/**
 * A span processor for a tracer provider of OpenTelemetry's: spans of databases, messages, remote calls, functions and
 * servers that no recorder of Yardstick's measures become operations. It loads nothing, keeps no span, and does nothing
 * where Yardstick does not run.
 *
 * @example
 * import { spanProcessor } from 'yardstick/opentelemetry'
 * new NodeSDK({ spanProcessors: [spanProcessor(), new BatchSpanProcessor({ exporter })] }).start()
 */
export function spanProcessor(): SpanProcessor {
  return new OperationsOfSpans(() => current()?.ledger)
}
