import { createHash, timingSafeEqual } from 'node:crypto'
import { isLoopback, isLoopbackName, signOfProxy } from '../ground/loopback.ts'
import { type Problem, type ProblemSlug, problem } from './problem.ts'

/** What the decision looks at. Node's `IncomingMessage` has headers and version in this form. */
export interface RequestFacts {
  readonly method: string
  readonly path: string
  /** Address of the socket's other end; undefined when unknown, which is never taken for loopback. */
  readonly remoteAddress: string | undefined
  readonly httpVersion: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

export interface AccessRules {
  /** When set (and not empty), only requests with `Authorization: Bearer <token>` are answered, from anywhere. */
  readonly token?: string
  /** Host names besides the loopback ones under which a client on this machine may ask. */
  readonly hosts?: readonly string[]
}

export type Access =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly problem: Problem
      readonly headers: Readonly<Record<string, string>>
    }

const ALLOWED: Access = { allowed: true }
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
const HIGHEST_PORT = 65_535
const CROSS_SITE =
  'A page of another origin asked, by its Sec-Fetch-Site or Origin header. Open the address directly, or ask ' +
  'without a browser.'
const HOW_TO_OPEN =
  'To let others in, set a token (YARDSTICK_TOKEN, or access.token in the configuration) and send it as ' +
  '"Authorization: Bearer <token>".'

/**
 * Who is answered. Without a token: direct clients on this machine, under a loopback name, that no other web site
 * sent. With a token: whoever shows it; a browser cannot be tricked into that, so nothing else is asked of reading.
 *
 * @example
 * decide({ method: 'GET', path: '/', remoteAddress: '10.0.0.7', httpVersion: '1.1', headers: {} }, {}).allowed // false
 */
export function decide(request: RequestFacts, rules: AccessRules): Access {
  const { token } = rules
  const access =
    token === undefined || token === '' ? withoutToken(request, rules) : withToken(request, token)
  const host = text(request, 'host')
  if (!access.allowed || host === undefined || URL.canParse(`http://${host}`)) return access
  return refuse(request, 'malformed-request', 'Expected the Host header to be the host and port of a URL.')
}

function withoutToken(request: RequestFacts, rules: AccessRules): Access {
  if (!isLoopback(request.remoteAddress)) {
    return refuse(
      request,
      'not-loopback',
      `Yardstick answers only clients on its own machine. ${HOW_TO_OPEN}`,
    )
  }
  const proxy = signOfProxy(request)
  if (proxy !== undefined) {
    return refuse(
      request,
      'forwarded',
      `${proxy}: a proxy passed this request on, so it may come from anywhere. ${HOW_TO_OPEN}`,
    )
  }
  if (!isOurHost(text(request, 'host'), rules.hosts ?? [])) {
    return refuse(
      request,
      'host-not-allowed',
      'Expected the Host header to name localhost, 127.0.0.1, [::1] or one of access.hosts (other names are ' +
        `refused, so that no web page can reach Yardstick by pointing its own name here). ${HOW_TO_OPEN}`,
    )
  }
  if (isCrossSite(request)) {
    return refuse(request, 'cross-site', CROSS_SITE)
  }
  return ALLOWED
}

function withToken(request: RequestFacts, token: string): Access {
  const shown = /^bearer +(.*)$/i.exec(text(request, 'authorization') ?? '')?.[1]
  const challenge = { 'www-authenticate': 'Bearer realm="yardstick"' }
  if (shown === undefined) {
    return refuse(
      request,
      'token-required',
      'Send the configured token as "Authorization: Bearer <token>".',
      challenge,
    )
  }
  if (timingSafeEqual(digest(shown.trim()), digest(token))) {
    return isWriting(request) && isCrossSite(request) ? refuse(request, 'cross-site', CROSS_SITE) : ALLOWED
  }
  return refuse(request, 'token-invalid', 'The token sent is not the configured one (YARDSTICK_TOKEN).', {
    'www-authenticate': 'Bearer realm="yardstick", error="invalid_token"',
  })
}

/** `timingSafeEqual` wants equal lengths, and the length of a secret is part of it. */
function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

function isOurHost(host: string | undefined, others: readonly string[]): boolean {
  const parts = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d+))?$/.exec(host?.trim().toLowerCase() ?? '')
  const [, name, port = '0'] = parts ?? []
  if (name === undefined || Number(port) > HIGHEST_PORT) return false
  if (isLoopbackName(name)) return true
  return others.some((other) => other.toLowerCase() === name)
}

function isCrossSite(request: RequestFacts): boolean {
  const site = text(request, 'sec-fetch-site')
  if (site !== undefined) {
    if (site === 'same-origin' || (site === 'none' && !isWriting(request))) return false
    if (site === 'none') return isForeign(request)
    // A link that a person follows shows the answer to that person only, not to the page it was on.
    const followed =
      text(request, 'sec-fetch-mode') === 'navigate' && text(request, 'sec-fetch-dest') === 'document'
    return !(followed && (request.method === 'GET' || request.method === 'HEAD'))
  }
  return isForeign(request)
}

function isForeign(request: RequestFacts): boolean {
  const origin = text(request, 'origin')
  return origin !== undefined && origin.replace(/^https?:\/\//, '') !== text(request, 'host')
}

/** Whether it may change anything. */
export function isWriting({ method }: Pick<RequestFacts, 'method'>): boolean {
  return !READING.has(method)
}

function text(request: RequestFacts, header: string): string | undefined {
  const value = request.headers[header]
  return typeof value === 'string' ? value : value?.[0]
}

function refuse(
  request: RequestFacts,
  slug: ProblemSlug,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Access {
  return { allowed: false, problem: problem(slug, detail, request.path), headers }
}
