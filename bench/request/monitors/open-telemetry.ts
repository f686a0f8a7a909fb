import { rival } from '../../rival.ts'
import type { Monitor } from '../monitor.ts'

interface OpenTelemetryApi {
  readonly trace: {
    getTracer(name: string): {
      startActiveSpan<T>(name: string, run: (span: { end(): void }) => Promise<T>): Promise<T>
    }
  }
}

/** The preload does the requests; queries of a database that it does not know are spans made by hand. */
export function monitor(): Monitor {
  const tracer = rival<OpenTelemetryApi>('@opentelemetry/api')!.trace.getTracer('bench')
  return {
    query: (name, run) =>
      tracer.startActiveSpan(name, async (span) => {
        try {
          return await run()
        } finally {
          span.end()
        }
      }),
  }
}
