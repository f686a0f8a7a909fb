/** Every problem the API answers with, by slug; `docs/api.md` lists the same (a test compares them). */
export const PROBLEMS = {
  'invalid-parameter': { status: 400, title: 'A query parameter is not valid' },
  'invalid-body': { status: 400, title: 'The body is not valid' },
  'malformed-request': { status: 400, title: 'The request could not be understood' },
  'token-required': { status: 401, title: 'A token is required' },
  'token-invalid': { status: 401, title: 'The token is not valid' },
  'not-loopback': { status: 403, title: 'Only clients on this machine are answered' },
  forwarded: { status: 403, title: 'Forwarded requests are not answered' },
  'host-not-allowed': { status: 403, title: 'The host name is not one of Yardstick’s' },
  'cross-site': { status: 403, title: 'Requests from other sites are not answered' },
  'access-rule': { status: 403, title: 'The application does not let this client in' },
  'not-found': { status: 404, title: 'There is nothing at this path' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  conflict: { status: 409, title: 'This cannot be done as things are' },
  'length-required': { status: 411, title: 'A body must state its length' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'internal-error': { status: 500, title: 'Yardstick failed to answer' },
  'body-taken': { status: 500, title: 'The application has read the body already' },
  'not-delivered': { status: 502, title: 'The notifier did not deliver' },
  'store-unreachable': { status: 503, title: 'The store is out of reach' },
  unavailable: { status: 503, title: 'Yardstick is not running' },
} as const

export type ProblemSlug = keyof typeof PROBLEMS
export type ProblemStatus = (typeof PROBLEMS)[ProblemSlug]['status']

export const PROBLEM_TYPE = 'application/problem+json'

/** An error as the API tells it (RFC 9457). */
export interface Problem {
  /** `urn:yardstick:problem:<slug>` */
  readonly type: string
  readonly title: string
  readonly status: ProblemStatus
  /** What was expected, what came, how to fix it. */
  readonly detail: string
  /** The path that was asked for, without its query. */
  readonly instance: string
}

export function problem(slug: ProblemSlug, detail: string, instance: string): Problem {
  return { type: `urn:yardstick:problem:${slug}`, ...titled(slug), detail, instance }
}

function titled(slug: ProblemSlug): Pick<Problem, 'title' | 'status'> {
  const { title, status } = PROBLEMS[slug]
  return { title, status }
}
