import { rival } from '../../rival.ts'
import { type Monitor, routeOf } from '../monitor.ts'

interface PromClient {
  readonly Histogram: new (options: object) => { startTimer(labels?: object): (labels?: object) => number }
  readonly Gauge: new (options: object) => { inc(): void; dec(): void }
}

/** As its documentation shows it: a timer around each request and each query, and a gauge for those in flight. */
export function monitor(): Monitor {
  const { Histogram, Gauge } = rival<PromClient>('prom-client')!
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of requests',
    labelNames: ['method', 'route', 'status'],
  })
  const queries = new Histogram({
    name: 'query_duration_seconds',
    help: 'Duration of queries',
    labelNames: ['query'],
  })
  const inFlight = new Gauge({ name: 'http_requests_in_flight', help: 'Requests in flight' })
  const query: Monitor['query'] = async (name, run) => {
    const end = queries.startTimer({ query: name })
    try {
      return await run()
    } finally {
      end()
    }
  }
  return {
    query,
    driver: query,
    middleware: (request, response, next) => {
      const end = requests.startTimer()
      inFlight.inc()
      response.on('close', () => {
        inFlight.dec()
        end({ method: request.method, route: routeOf(request), status: response.statusCode })
      })
      next()
    },
  }
}
