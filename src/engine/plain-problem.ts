import type { ForwardedResponse } from './messages.ts'

const TITLES = {
  'body-too-large': { status: 413, title: 'The body is too large' },
  'internal-error': { status: 500, title: 'Yardstick failed to answer' },
  unavailable: { status: 503, title: 'Yardstick is not running' },
} as const

/** The problem documents (RFC 9457) of the application's side, for when the API itself cannot be asked. */
export function plainProblem(slug: keyof typeof TITLES, detail: string): ForwardedResponse {
  const body = { type: `urn:yardstick:problem:${slug}`, ...TITLES[slug], detail }
  return {
    status: TITLES[slug].status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: new TextEncoder().encode(JSON.stringify(body)),
  }
}
