import assert from 'node:assert/strict'
import { request } from 'node:http'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { application, ask, metrics, portOf } from './application.ts'

const YARDSTICK = JSON.stringify(resolve('dist/index.js'))
const EXPRESS = JSON.stringify(resolve('node_modules/express'))

function app(options: string): string {
  return `
    const express = require(${EXPRESS})
    const { yardstick } = require(${YARDSTICK})
    const ys = yardstick(${options})
    const app = express()
    app.use(ys.middleware())
    app.use(ys.router())
    app.get('/fetch', async (request, response) => {
      const answer = await ys.fetch(new Request('http://localhost/api/v1/performance/health'), { remoteAddress: request.socket.remoteAddress })
      response.status(answer.status).json(await answer.json())
    })
    app.get('/hello', (request, response) => response.send('hello'))
    const server = app.listen(0, '127.0.0.1', () => console.log('up ' + server.address().port))`
}

function send(
  port: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
    (answered, failed) => {
      const { body, ...rest } = options
      const asking = request({ host: '127.0.0.1', port, path, agent: false, ...rest }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () =>
          answered({ status: response.statusCode!, headers: response.headers, body: text }),
        )
      })
      asking.on('error', failed).end(body)
    },
  )
}

test('set up in code, without a preload: middleware, router and fetch handler', async (t) => {
  const running = application(app("{ service: 'mounted', store: 'memory' }"), { flags: [] })
  t.after(running.close)
  const [, port] = await running.printed(/up (\d+)/)
  const own = await portOf(running)

  const hello = await send(port!, '/hello')
  assert.match(String(hello.headers['x-response-time-ms']), /^\d+(\.\d+)?$/)
  assert.equal(hello.headers['x-concurrent-requests'], '1')
  assert.equal(hello.headers['x-performance-grade'], undefined)

  const mounted = await send(port!, '/api/v1/performance/self')
  const direct = await ask(`${own}/api/v1/performance/self`)
  assert.equal(mounted.status, 200)
  assert.equal(JSON.parse(mounted.body).service, 'mounted')
  assert.equal(JSON.parse(mounted.body).store_id, JSON.parse(direct.body).store_id)
  assert.equal((await send(port!, '/api/v1/performance/nothing')).status, 404)
  assert.equal((await send(port!, '/api/v1/performance/self', { method: 'TRACE' })).status, 405)
  assert.equal(
    (await send(port!, '/api/v1/performance/self', { method: 'POST', body: 'x'.repeat(100_000) })).status,
    413,
  )
  assert.equal((await send(port!, '/api/v1/performanceX')).status, 404)
  const forwarded = await send(port!, '/api/v1/performance/self', {
    headers: { 'x-forwarded-for': '1.2.3.4' },
  })
  assert.equal(forwarded.status, 403)
  assert.match(forwarded.body, /YARDSTICK_TOKEN/)
  assert.equal((await send(port!, '/fetch')).status, 200)

  // Its own requests are not measured: what the application answered itself is.
  const { metrics_by_type } = await metrics(own, 'request', 2)
  assert.deepEqual(metrics_by_type.request!.series.map(({ name, n }) => [name, n]).sort(), [
    ['GET (unmatched)', 1],
    ['GET /hello', 1],
  ])
})

test('an access rule of the application decides in place of the address', async (t) => {
  const rule = "{ store: 'memory', access: (request) => request.headers['x-admin'] === 'yes' }"
  const running = application(app(rule))
  t.after(running.close)
  const [, port] = await running.printed(/up (\d+)/)
  await portOf(running)
  assert.equal((await send(port!, '/api/v1/performance/self')).status, 403)
  const admin = { 'x-admin': 'yes', 'x-forwarded-for': '1.2.3.4' }
  assert.equal((await send(port!, '/api/v1/performance/self', { headers: admin })).status, 200)
})

test('options that come too late say so, and a function that cannot cross threads is refused', async (t) => {
  const running = application(`
    const { yardstick } = require(${YARDSTICK})
    const ys = yardstick({ store: 'memory' })
    ys.ready().then(() => {
      yardstick({ service: 'late' })
      try { yardstick({ store: { kind: 'sqlite', open() {} } }) } catch (error) { console.log(error.code + ' ' + error.message) }
      process.exit(0)
    })`)
  t.after(running.close)
  assert.equal(await running.ended(), 0)
  assert.match(running.stderr(), /options given in code came too late/)
  assert.match(running.stdout(), /^YS_CONFIG_FUNCTION .*store\.open is a function/)
})
