import { createRequire } from 'node:module'
import type { Entrant } from './entrant.ts'
import type { Sink } from './sink.ts'

const require = createRequire(import.meta.url)

/**
 * The agents of vendors, each with its defaults, told where to send and not to ask the network which cloud it runs in.
 * Their preloads do it all: in the application they are nothing, so of `/db3` they see the request only.
 */
export function agents({ url, secure }: Sink): readonly Entrant[] {
  return [
    {
      name: 'dd-trace',
      monitor: 'bare',
      execArgv: ['--require', require.resolve('dd-trace/init')],
      environment: { DD_SERVICE: 'bench', DD_TRACE_AGENT_URL: url, DD_TRACE_STARTUP_LOGS: 'false' },
    },
    {
      name: 'elastic-apm-node',
      monitor: 'bare',
      execArgv: ['--require', require.resolve('elastic-apm-node/start.js')],
      environment: {
        ELASTIC_APM_SERVICE_NAME: 'bench',
        ELASTIC_APM_SERVER_URL: url,
        ELASTIC_APM_CLOUD_PROVIDER: 'none',
        ELASTIC_APM_CENTRAL_CONFIG: 'false',
        ELASTIC_APM_LOG_LEVEL: 'off',
      },
    },
    ...(secure === undefined ? [] : [newRelic(secure)]),
    {
      name: '@sentry/node',
      monitor: 'bare',
      execArgv: ['--import', new URL('./sentry.ts', import.meta.url).href],
      environment: { SENTRY_DSN: url.replace('//', '//bench@').concat('/1'), SENTRY_TRACES_SAMPLE_RATE: '1' },
    },
  ]
}

const CLOUDS = ['AWS', 'AZURE', 'AZUREFUNCTION', 'DOCKER', 'GCP', 'KUBERNETES', 'PCF']

/** It measures nothing until a collector has welcomed it, and talks to it by TLS only. */
function newRelic({ port, certificateFile }: NonNullable<Sink['secure']>): Entrant {
  return {
    name: 'newrelic',
    monitor: 'bare',
    execArgv: ['--require', require.resolve('newrelic')],
    environment: {
      NEW_RELIC_APP_NAME: 'bench',
      NEW_RELIC_LICENSE_KEY: '0'.repeat(40),
      NEW_RELIC_HOST: 'localhost',
      NEW_RELIC_PORT: String(port),
      NODE_EXTRA_CA_CERTS: certificateFile,
      ...Object.fromEntries(CLOUDS.map((cloud) => [`NEW_RELIC_UTILIZATION_DETECT_${cloud}`, 'false'])),
    },
  }
}
