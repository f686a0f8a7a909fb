import { YardstickError } from '../ground/errors.ts'
import { Json } from './card/json.ts'
import { printable } from './printable.ts'

/** Asks one endpoint below `/api/v1/performance`, e.g. `metrics` (empty: the index), and gives its parsed answer. */
export type Ask = (endpoint: string, query?: Readonly<Record<string, string>>) => Promise<unknown>

/** Has an endpoint change something, and gives its parsed answer. */
export type Tell = (method: 'POST' | 'DELETE', endpoint: string, body: object) => Promise<unknown>

/** One field of what was told, and what is wrong with it. */
export interface ApiProblem {
  readonly parameter: string
  readonly detail: string
}

/** Whoever is there answered, and refused. */
export class ApiRefusal extends YardstickError {
  /** Each thing that is wrong, where the service lists them. */
  readonly problems: readonly ApiProblem[]
  /** Whether it is a Yardstick: it may run, and want a token. */
  readonly byYardstick: boolean

  constructor(message: string, problems: readonly ApiProblem[], byYardstick: boolean) {
    super('YS_API_ANSWER', printable(message))
    this.problems = problems
    this.byYardstick = byYardstick
  }
}

const ROOT = '/api/v1/performance'
const PATIENCE_MS = 5_000
/** A notifier that is tried out has 10 s to answer. */
const TELLING_PATIENCE_MS = 15_000

/**
 * A reader of a running service's API.
 *
 * @param url where Yardstick answers, or where its router is mounted; with or without `/api/v1/performance`; a number
 * is a port of this machine
 * @throws YardstickError (when asked, by rejection) `YS_API_UNREACHABLE` without an answer, `YS_API_ANSWER` for one
 * that is a refusal, or not JSON
 * @example
 * const metrics = await apiClient('http://127.0.0.1:9797')('metrics', { window: '5min' })
 */
export function apiClient(url: string, token?: string): Ask {
  const base = baseOf(url)
  const init = { headers: headersFor(token), patienceMs: PATIENCE_MS }
  return async (endpoint, query = {}) => {
    const target = `${base}/${endpoint}?${new URLSearchParams(query)}`.replace(/\/?\?$/, '')
    return await answerOf(target, init, token)
  }
}

/**
 * Changes something in a running service, by its API.
 *
 * @throws YardstickError as `apiClient` does
 * @example
 * await apiTeller('http://127.0.0.1:9797')('POST', 'changes', { name: 'v2' })
 */
export function apiTeller(url: string, token?: string): Tell {
  const base = baseOf(url)
  const headers = { ...headersFor(token), 'content-type': 'application/json' }
  return async (method, endpoint, body) => {
    const init = { method, headers, body: JSON.stringify(body), patienceMs: TELLING_PATIENCE_MS }
    return await answerOf(`${base}/${endpoint}`, init, token)
  }
}

function headersFor(token: string | undefined): Readonly<Record<string, string>> {
  return {
    accept: 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
}

async function answerOf(target: string, init: Sending, token: string | undefined): Promise<unknown> {
  const { status, type, text } = await send(target, init).catch((cause: unknown) => {
    throw unreachable(addressIn(target), cause, init.patienceMs)
  })
  if (status !== 200 && status !== 201) throw refused(target, status, type, text, token)
  return parsed(target, type, text)
}

function addressIn(target: string): string {
  return target.slice(0, target.indexOf(ROOT))
}

interface Sending {
  readonly method?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly patienceMs: number
}

/** @throws YardstickError `YS_API_UNREACHABLE` when it is no http or https URL */
function baseOf(url: string): string {
  // A number alone would be an IPv4 address, of another machine.
  const place = /^\d{1,5}$/.test(url) ? `127.0.0.1:${url}` : url
  const parsedUrl = URL.parse(/^[a-z]+:\/\//i.test(place) ? place : `http://${place}`)
  if (parsedUrl === null || !/^https?:$/.test(parsedUrl.protocol)) {
    throw failure('YS_API_UNREACHABLE', `--url: expected a URL such as http://127.0.0.1:9797, got "${url}".`)
  }
  const path = parsedUrl.pathname.replace(/\/+$/, '')
  return parsedUrl.origin + (path.endsWith(ROOT) ? path : path + ROOT)
}

async function send(
  target: string,
  { patienceMs, ...init }: Sending,
): Promise<{ readonly status: number; readonly type: string; readonly text: string }> {
  // A redirect could lead anywhere, and the token with it.
  const response = await fetch(target, {
    ...init,
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
  })
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? 'nothing said',
    text: await response.text(),
  }
}

function unreachable(address: string, cause: unknown, patienceMs: number): YardstickError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const code = (inner as { readonly code?: unknown }).code
  const why =
    code === 'ECONNREFUSED'
      ? 'nothing listens there'
      : inner instanceof Error && inner.name === 'TimeoutError'
        ? `no answer within ${patienceMs / 1000} s`
        : inner instanceof Error
          ? inner.message || String(code)
          : String(inner)
  return failure(
    'YS_API_UNREACHABLE',
    `No Yardstick at ${address}: ${why}. Start a service with "yardstick run app.js", or give its address with --url.`,
    { cause },
  )
}

function refused(target: string, status: number, type: string, text: string, token?: string): ApiRefusal {
  const answer = new Json(type.includes('json') ? jsonOf(text) : undefined)
  const detail = answer.at('detail').value
  const problems = answer
    .at('errors')
    .list()
    .map((each) => ({ parameter: each.at('parameter').text(), detail: each.at('detail').text() }))
  const isOurs = answer.at('type').text().startsWith('urn:yardstick:')
  const cure = status === 401 && token === undefined ? ' Give it with --token or YARDSTICK_TOKEN.' : ''
  if (typeof detail !== 'string') {
    const said = `${target} answered ${status}, not as Yardstick does. Is --url right?`
    return new ApiRefusal(said, problems, isOurs)
  }
  // What was wrong comes first; the address is there for whoever asked the wrong service.
  return new ApiRefusal(`${detail}${cure} (${addressIn(target)} answered ${status})`, problems, isOurs)
}

function parsed(target: string, type: string, text: string): unknown {
  const value = jsonOf(text)
  if (typeof value === 'object' && value !== null) return value
  throw failure(
    'YS_API_ANSWER',
    `${target} did not answer as Yardstick does: expected JSON, got ${type}. Is --url right?`,
  )
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Every failure is made here: what it quotes may come from anybody, and it is printed on a terminal. */
function failure(
  code: 'YS_API_UNREACHABLE' | 'YS_API_ANSWER',
  message: string,
  options?: ErrorOptions,
): YardstickError {
  return new YardstickError(code, printable(message), options)
}
