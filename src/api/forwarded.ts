import type { Hono } from 'hono'
import type { ForwardedRequest, ForwardedResponse } from '../engine/messages.ts'
import { type AccessRules, decide } from './access.ts'
import { ANSWER_HEADERS } from './headers.ts'
import { PROBLEM_TYPE } from './problem.ts'

/**
 * Answers requests that reached a router mounted in the application: the same rules and the same answers as on
 * Yardstick's own port. What the client sent decides, not the mount.
 */
export function forwarded(
  app: Hono,
  access: AccessRules,
): (request: ForwardedRequest) => Promise<ForwardedResponse> {
  return async (request) => {
    const path = request.path.split(/[?#]/, 1)[0]!
    const decision = decide({ ...request, path }, access)
    if (!decision.allowed) {
      const { problem, headers } = decision
      const body = new TextEncoder().encode(JSON.stringify(problem))
      return {
        status: problem.status,
        headers: { ...ANSWER_HEADERS, ...headers, 'content-type': PROBLEM_TYPE },
        body,
      }
    }
    const { method, headers } = request
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
