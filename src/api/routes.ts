import { type Context, Hono } from 'hono'
import { isOfStore } from '../engine/save-queue.ts'
import { checkedBody } from './body-check.ts'
import { type Ask, BASE, type Endpoint } from './endpoint.ts'
import { ENDPOINTS } from './endpoints.ts'
import { ANSWER_HEADERS } from './headers.ts'
import { type InvalidParameter, parameters } from './parameters.ts'
import { PROBLEM_TYPE, problem } from './problem.ts'
import { Refusal } from './refusal.ts'
import { requestBody } from './request-body.ts'
import type { ApiSource } from './source.ts'

/**
 * The REST API as a fetch handler. It does not ask who is asking: whoever passes requests on decides that first
 * (`decide`).
 *
 * @example await api(source).request('/api/v1/performance/metrics?window=1hour')
 */
export function api(source: ApiSource): Hono {
  const app = new Hono()
  for (const [path, endpoints] of Map.groupBy(ENDPOINTS, (endpoint) => BASE + endpoint.path)) {
    for (const endpoint of endpoints) {
      app.on(endpoint.method, path, (context) => answer(context, endpoint, source))
    }
    const allow = endpoints.map(({ method }) => (method === 'GET' ? 'GET, HEAD' : method)).join(', ')
    app.all(path, (context) =>
      refuse(context, new Refusal('method-not-allowed', `Expected ${allow}, got ${context.req.method}.`), {
        allow,
      }),
    )
  }
  app.notFound((context) => refuse(context, new Refusal('not-found', `See ${BASE} for what there is.`)))
  app.onError((error, context) => {
    if (error instanceof Refusal) return refuse(context, error)
    source.onError?.(error)
    if (isOfStore(error)) {
      return refuse(context, new Refusal('store-unreachable', `What happened is listed at ${BASE}/self.`))
    }
    return refuse(context, new Refusal('internal-error', `The error is listed at ${BASE}/self.`))
  })
  return app
}

async function answer(context: Context, endpoint: Endpoint, source: ApiSource): Promise<Response> {
  const settings = source.settings()
  const asked = parameters(new URL(context.req.url).searchParams, endpoint)
  if ('errors' in asked) throw new Refusal('invalid-parameter', sentence(asked.errors), asked.errors)
  const { body: schema, checks } = endpoint
  const input = schema === undefined ? undefined : await requestBody(context.req.raw)
  const desk = source.alerts()
  // Before the snapshot: what is awaited after it would let its windows go by.
  const watch = await desk.watch()
  const snapshot = await source.snapshot()
  const body =
    schema === undefined ? undefined : checkedBody(input, { body: schema, checks }, { watch, snapshot })
  const ask: Ask = {
    ...{ snapshot, settings, watch, desk, body, query: asked.query, endpoints: ENDPOINTS },
    holdings: source.holdings(),
    window: () => snapshot.window(asked.window ?? settings.defaultWindow),
    path: context.req.path,
    part: (name) => context.req.param(name)!,
  }
  const text = JSON.stringify(await endpoint.answer(ask as Ask<never, never>))
  return context.body(text, endpoint.status, { ...ANSWER_HEADERS, 'content-type': 'application/json' })
}

function sentence(errors: readonly InvalidParameter[]): string {
  return errors.map(({ detail }) => detail).join(' ')
}

function refuse(
  context: Context,
  { slug, message, errors }: Pick<Refusal, 'slug' | 'message' | 'errors'>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = problem(slug, message, context.req.path)
  return context.body(JSON.stringify(errors === undefined ? body : { ...body, errors }), body.status, {
    ...ANSWER_HEADERS,
    ...headers,
    'content-type': PROBLEM_TYPE,
  })
}
