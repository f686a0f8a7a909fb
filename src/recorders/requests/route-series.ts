import { nodeHttp } from '../../ground/node-http.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { RequestTally } from '../../measure/request-tally.ts'

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

/** What the options say about a series. To be asked once each: patterns take their time. */
export interface SeriesRules {
  readonly isWait: (name: string) => boolean
  readonly isLogin: (name: string) => boolean
}

/** A series of requests. */
export class RouteSeries {
  readonly name: string
  readonly isWait: boolean
  readonly isLogin: boolean
  readonly #ledger: Ledger
  #tally: RequestTally | undefined

  constructor(name: string, rules: SeriesRules, ledger: Ledger) {
    this.name = name
    this.isWait = rules.isWait(name)
    this.isLogin = !this.isWait && rules.isLogin(name)
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
  readonly #rules: SeriesRules
  readonly #byMethod = new Map<string, Map<string, RouteSeries>>()
  #remembered = 0

  constructor(ledger: Ledger, rules: SeriesRules) {
    this.#ledger = ledger
    this.#rules = rules
  }

  find(method: string, route: string): RouteSeries {
    return this.#byMethod.get(method)?.get(route) ?? this.#open(method, route)
  }

  /** For when the rules have come to say something else. */
  forget(): void {
    this.#byMethod.clear()
    this.#remembered = 0
  }

  #open(sent: string, route: string): RouteSeries {
    // Middleware can put any text there (X-HTTP-Method-Override).
    const method = known.has(sent) ? sent : '_OTHER'
    const name = `${method} ${route}`
    const series = new RouteSeries(name, this.#rules, this.#ledger)
    if (this.#remembered >= REMEMBERED || method !== sent) return series
    this.#remembered++
    const routes = this.#byMethod.get(method) ?? new Map<string, RouteSeries>()
    this.#byMethod.set(method, routes.set(route, series))
    return series
  }
}
