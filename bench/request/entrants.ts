import { createRequire } from 'node:module'

/** One way to measure a service, as it takes part in the comparison. */
export interface Entrant {
  readonly name: string
  /** Its module in `monitors/`, as `server.ts` knows it. */
  readonly monitor: string
  readonly execArgv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export const BARE: Entrant = { name: 'bare', monitor: 'bare', execArgv: [], environment: {} }
export const FLOOR = 'floor by hand'
export const ZERO_CODE = 'Yardstick zero-code'
export const MIDDLEWARE = 'Yardstick middleware'

const require = createRequire(import.meta.url)

/** @param packageFolder where Yardstick was built */
export function entrants(packageFolder: string): readonly Entrant[] {
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
    {
      name: 'OpenTelemetry auto',
      monitor: 'open-telemetry',
      execArgv: ['--require', require.resolve('@opentelemetry/auto-instrumentations-node/register')],
      // Spans and metrics are made and aggregated, but sent nowhere: the kindest way to count it.
      environment: {
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_SERVICE_NAME: 'bench',
      },
    },
  ]
}
