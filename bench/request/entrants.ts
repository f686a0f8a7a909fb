import { createRequire } from 'node:module'
import { agents } from './agents.ts'
import type { Entrant } from './entrant.ts'
import type { Sink } from './sink.ts'

export const BARE: Entrant = { name: 'bare', monitor: 'bare', execArgv: [], environment: {} }
/** The noise: what V8 makes of one process and of the next. */
export const AGAIN: Entrant = { ...BARE, name: 'bare again' }
export const FLOOR = 'floor by hand'
export const ZERO_CODE = 'Yardstick zero-code'
export const MIDDLEWARE = 'Yardstick middleware'

const require = createRequire(import.meta.url)

/**
 * @param packageFolder where Yardstick was built
 * @param sink where those send who send
 */
export function entrants(packageFolder: string, sink: Sink): readonly Entrant[] {
  // Its own port wherever it finds one: several run at a time.
  const environment = { YARDSTICK_PORT: '0' }
  return [
    { ...BARE, name: FLOOR, monitor: 'floor' },
    {
      name: ZERO_CODE,
      monitor: 'yardstick',
      execArgv: ['--require', `${packageFolder}/dist/register.cjs`],
      environment,
    },
    { name: MIDDLEWARE, monitor: 'yardstick-middleware', execArgv: [], environment },
    { ...BARE, name: 'prom-client by hand', monitor: 'prom-client' },
    openTelemetry(sink.url),
    ...agents(sink),
  ]
}

function openTelemetry(sinkUrl: string): Entrant {
  const register = '@opentelemetry/auto-instrumentations-node/register'
  const environment = {
    OTEL_SERVICE_NAME: 'bench',
    OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl,
    // With the exporter `none` it makes no spans at all, so they go to a sink, in batches, as is its default.
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'none',
    // The others look for a cloud's metadata on the network.
    OTEL_NODE_RESOURCE_DETECTORS: 'env,host,process',
  }
  return {
    name: 'OpenTelemetry auto',
    monitor: 'open-telemetry',
    execArgv: ['--require', require.resolve(register)],
    environment,
  }
}
