import type { Operation } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { AUTHENTICATION } from './components.ts'
import { judge } from './outcomes.ts'

interface Endpoint {
  /** A template: `/callback/:id`. Absent of what the application alone can call. */
  readonly path?: string
}

/** What proves who somebody is, or ends that; the rest (users, organisations) is administration. */
const PROVING =
  /^\/(?:sign-in|sign-up|sign-out|get-session|(?:oauth2\/|sso\/)?callback|(?:[\w-]+\/)?verify)\b/

/**
 * Endpoints of `better-auth` that prove who somebody is, asked over HTTP or by `auth.api`: `better-auth.sign-in/email`,
 * `better-auth.get-session`. Passwords that are hashed meanwhile are parts of it. A refusal is a good operation.
 */
export function betterAuth(): Recorder {
  return library({
    name: 'better-auth',
    versions: { 'better-auth': '>=1.6.20 <1.8' },
    modules: {
      'better-auth/dist/api/dispatch.mjs': { bindings: ['dispatchAuthEndpoint'], patch: watch },
    },
  })
}

function watch(bindings: object, instrument: Instrument): void {
  const { ledger } = instrument
  const operationOf = (_self: unknown, [endpoint]: readonly unknown[]): Operation | undefined => {
    const { path } = endpoint as Endpoint
    if (path === undefined || !PROVING.test(path)) return undefined
    return ledger.operation(AUTHENTICATION, `better-auth.${path.slice(1)}`)
  }
  judge(instrument, bindings, 'dispatchAuthEndpoint', { operationOf, isRefusal, hasFailed })
}

/** An `APIError`; a redirection is one, too. */
function isRefusal(error: unknown): boolean {
  const { statusCode } = error as { readonly statusCode?: unknown }
  return typeof statusCode === 'number' && statusCode < 500
}

/** Over HTTP it gives an answer whatever happens. */
function hasFailed(answer: unknown): boolean {
  return answer instanceof Response && answer.status >= 500
}
