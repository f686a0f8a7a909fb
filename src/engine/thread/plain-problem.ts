import type { ForwardedResponse } from './messages.ts'
import { PROBLEM_TYPE, type ProblemSlug, problem } from './problem.ts'

const ROOT = '/api/v1/performance'
// Taken now: the application may patch it.
const { stringify } = JSON

/**
 * A problem document (RFC 9457) as bytes, for when the API itself cannot be asked.
 *
 * @param path what was asked for, its query allowed; default the root of the API
 */
export function plainProblem(slug: ProblemSlug, detail: string, path: string = ROOT): ForwardedResponse {
  const body = problem(slug, detail, path.split(/[?#]/, 1)[0]!)
  return {
    status: body.status,
    headers: { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store' },
    body: new TextEncoder().encode(stringify(body)),
  }
}
