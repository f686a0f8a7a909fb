import { type Context, Hono } from 'hono'
import { BASE, type Endpoint } from './endpoint.ts'
import { ENDPOINTS } from './endpoints.ts'
import { ANSWER_HEADERS } from './headers.ts'
import { type InvalidParameter, parameters } from './parameters.ts'
import { PROBLEM_TYPE, type ProblemSlug, problem } from './problem.ts'
import type { ApiSource } from './source.ts'

const METHODS = 'GET, HEAD'

/**
 * The REST API as a fetch handler. It does not ask who is asking: whoever passes requests on decides that first
 * (`decide`).
 *
 * @example await api(source).request('/api/v1/performance/metrics?window=1hour')
 */
export function api(source: ApiSource): Hono {
  const app = new Hono()
  for (const endpoint of ENDPOINTS) {
    app.get(BASE + endpoint.path, (context) => answer(context, endpoint, source))
    app.all(BASE + endpoint.path, (context) =>
      refuse(context, 'method-not-allowed', `Expected ${METHODS}, got ${context.req.method}.`, {
        allow: METHODS,
      }),
    )
  }
  app.notFound((context) => refuse(context, 'not-found', `See ${BASE} for what there is.`))
  app.onError((error, context) => {
    source.onError?.(error)
    return refuse(context, 'internal-error', `The error is listed at ${BASE}/self.`)
  })
  return app
}

async function answer(context: Context, endpoint: Endpoint, source: ApiSource): Promise<Response> {
  const settings = source.settings()
  const asked = parameters(new URL(context.req.url).searchParams, endpoint.windowed)
  if ('errors' in asked) return refuse(context, 'invalid-parameter', sentence(asked.errors), {}, asked.errors)
  const snapshot = await source.snapshot()
  const body = endpoint.answer({
    snapshot,
    settings,
    window: () => snapshot.window(asked.window ?? settings.defaultWindow),
    path: context.req.path,
    endpoints: ENDPOINTS,
  })
  return context.body(JSON.stringify(body), 200, { ...ANSWER_HEADERS, 'content-type': 'application/json' })
}

function sentence(errors: readonly InvalidParameter[]): string {
  return errors.map(({ detail }) => detail).join(' ')
}

function refuse(
  context: Context,
  slug: ProblemSlug,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  errors?: readonly InvalidParameter[],
): Response {
  const body = problem(slug, detail, context.req.path)
  return context.body(JSON.stringify(errors === undefined ? body : { ...body, errors }), body.status, {
    ...ANSWER_HEADERS,
    ...headers,
    'content-type': PROBLEM_TYPE,
  })
}
