import type { IncomingMessage, ServerResponse } from 'node:http'

export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/** How an application is measured: what its code does for it, beside what a preload does by itself. */
export interface Monitor {
  /** Runs a query and records it by this monitor's own means. */
  readonly query: <T>(name: string, run: () => Promise<T>) => Promise<T>
  /** Does so with a call of a real driver; left out where drivers are seen without code. */
  readonly driver?: Monitor['query']
  /** Comes first in the application. */
  readonly middleware?: Middleware
}

/** Where an application notes the route of a request, for monitors written by hand; Express has its own place. */
export const ROUTE: unique symbol = Symbol('route')

export function routeOf(request: IncomingMessage): string {
  const { route, [ROUTE]: noted } = request as {
    readonly route?: { readonly path: string }
    readonly [ROUTE]?: string
  }
  return noted ?? route?.path ?? '(unmatched)'
}
