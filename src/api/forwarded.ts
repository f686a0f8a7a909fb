import type { Hono } from 'hono'
import type { ForwardedRequest, ForwardedResponse } from '../engine/thread/messages.ts'
import { type AccessRules, decide, isWriting } from './access.ts'
import { ANSWER_HEADERS } from './headers.ts'
import { PROBLEM_TYPE, type Problem, problem } from './problem.ts'

const UNKNOWN_TO_FETCH = /^(CONNECT|TRACE|TRACK)$/i

/**
 * Answers requests that reached a router mounted in the application: the same answers as on Yardstick's own port, and
 * the same rules, unless the application has one of its own.
 */
export function forwarded(
  app: Hono,
  access: AccessRules,
): (request: ForwardedRequest) => Promise<ForwardedResponse> {
  return async (request) => {
    const path = request.path.split(/[?#]/, 1)[0]!
    if (request.granted === false) {
      return refusal(
        problem('access-rule', "The application's access option refused this request.", path),
        {},
      )
    }
    // A rule that lets people read, by a cookie perhaps, was not made to let them change anything.
    const trusted = request.granted === true && !isWriting(request)
    const decision = trusted ? undefined : decide({ ...request, path }, access)
    if (decision?.allowed === false) return refusal(decision.problem, decision.headers)
    const { method, headers } = request
    // The fetch standard has no requests of these methods.
    if (UNKNOWN_TO_FETCH.test(method)) {
      return refusal(problem('method-not-allowed', `Expected GET, HEAD, got ${method}.`, path), {
        allow: 'GET, HEAD',
      })
    }
    const body = request.body === undefined ? null : (request.body as Uint8Array<ArrayBuffer>)
    const response = await app.fetch(
      new Request(new URL(request.path, 'http://localhost'), { method, headers, body }),
    )
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: new Uint8Array(await response.arrayBuffer()),
    }
  }
}

function refusal(body: Problem, headers: Readonly<Record<string, string>>): ForwardedResponse {
  return {
    status: body.status,
    headers: { ...ANSWER_HEADERS, ...headers, 'content-type': PROBLEM_TYPE },
    body: new TextEncoder().encode(JSON.stringify(body)),
  }
}
