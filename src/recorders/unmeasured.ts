import type { IncomingMessage, Server } from 'node:http'
import { scopeOf } from './request-scope.ts'

const UNMEASURED: unique symbol = Symbol('yardstick.unmeasured')

/** No request of this server is measured: it is Yardstick's own. */
export function leaveServerOut(server: object): void {
  ;(server as { [UNMEASURED]?: true })[UNMEASURED] = true
}

/** This request is not measured: it is one for Yardstick's own pages. */
export function leaveRequestOut(request: IncomingMessage): void {
  const scope = scopeOf(request)
  scope?.flow.leave(scope, 'unmeasured')
}

export function isUnmeasured(server: Server & { [UNMEASURED]?: true }): boolean {
  return server[UNMEASURED] === true
}
