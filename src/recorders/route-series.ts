import { nodeHttp } from '../ground/node-http.ts'
import type { Ledger } from '../measure/ledger.ts'
import type { RequestTally } from '../measure/request-tally.ts'

/** Templates are few; an application that makes routes without end must not make us remember them. */
const REMEMBERED = 1000
const UNMATCHED = '(unmatched)'
const NO_ROUTE = '(no route)'
const known = new Set(nodeHttp.METHODS)

/**
 * What a request is called once its response is known: its route's template, `(unmatched)` for a 404 that no route
 * but a catch-all has seen, else `(no route)` (plain servers, static files, a middleware's answer).
 */
export function routeName(route: string | undefined, status: number): string {
  if (status === 404 && (route === undefined || route.includes('*'))) return UNMATCHED
  return route ?? NO_ROUTE
}

/** A series of requests. */
export class RouteSeries {
  readonly name: string
  readonly isWait: boolean
  readonly #ledger: Ledger
  #tally: RequestTally | undefined

  constructor(name: string, isWait: boolean, ledger: Ledger) {
    this.name = name
    this.isWait = isWait
    this.#ledger = ledger
  }

  /** Made when a request counts in it: a series of streams alone has none. */
  get tally(): RequestTally {
    this.#tally ??= this.#ledger.requestTally(this.name)
    return this.#tally
  }
}

/** Finds the series of a method and a route by two look-ups; names are put together once. */
export class RouteSeriesTable {
  readonly #ledger: Ledger
  readonly #isWait: (name: string) => boolean
  readonly #byMethod = new Map<string, Map<string, RouteSeries>>()
  #remembered = 0

  constructor(ledger: Ledger, isWait: (name: string) => boolean) {
    this.#ledger = ledger
    this.#isWait = isWait
  }

  find(method: string, route: string): RouteSeries {
    return this.#byMethod.get(method)?.get(route) ?? this.#open(method, route)
  }

  /** For when `isWait` has come to say something else. */
  forget(): void {
    this.#byMethod.clear()
    this.#remembered = 0
  }

  #open(sent: string, route: string): RouteSeries {
    // Middleware can put any text there (X-HTTP-Method-Override).
    const method = known.has(sent) ? sent : '_OTHER'
    const name = `${method} ${route}`
    const series = new RouteSeries(name, this.#isWait(name), this.#ledger)
    if (this.#remembered >= REMEMBERED || method !== sent) return series
    this.#remembered++
    const routes = this.#byMethod.get(method) ?? new Map<string, RouteSeries>()
    this.#byMethod.set(method, routes.set(route, series))
    return series
  }
}
