import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { noFrameworks } from '../recorders/frameworks.ts'
import { application, portOf } from './application.ts'

const guide = readFileSync('docs/integration-guide.md', 'utf8')

/** Applications with a parser of bodies after the recipe, and a route of their own that it is there for. */
const APPLICATIONS: readonly {
  readonly name: string
  /** Which block of the guide: what its first line begins with. */
  readonly recipe: string
  readonly folder: string
  readonly before: string
  readonly after: string
}[] = [
  {
    name: 'Express',
    recipe: 'Express',
    folder: '.',
    before: `const express = require('express'); const app = express()`,
    after: `app.use(express.json())
      app.post('/echo', (request, response) => response.send(request.body.name))
      up(app.listen(0, '127.0.0.1'))`,
  },
  {
    name: 'Express, after its parser',
    recipe: 'Express',
    folder: '.',
    before: `const express = require('express'); const app = express(); app.use(express.json())`,
    after: `app.post('/echo', (request, response) => response.send(request.body.name))
      up(app.listen(0, '127.0.0.1'))`,
  },
  {
    name: 'Fastify',
    recipe: 'Fastify',
    folder: '.',
    before: `const app = require('fastify')()`,
    after: `app.post('/echo', async (request) => request.body.name)
      await app.listen({ port: 0, host: '127.0.0.1' })
      up(app.server)`,
  },
  {
    name: 'Koa',
    recipe: 'Koa',
    folder: 'test/frameworks',
    before: `const Koa = require('koa'); const app = new (Koa.default ?? Koa)()`,
    after: `app.use(async (context) => {
        if (context.path !== '/echo') return
        let text = ''
        for await (const chunk of context.req) text += chunk
        context.body = JSON.parse(text).name
      })
      up(app.listen(0, '127.0.0.1'))`,
  },
  {
    name: 'Hono',
    recipe: 'Hono',
    folder: 'test/frameworks',
    before: `const { Hono } = require('hono'); const { serve } = require('@hono/node-server'); const app = new Hono()`,
    after: `app.post('/echo', async (c) => c.text((await c.req.json()).name))
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => up(server))`,
  },
  {
    name: 'h3',
    recipe: 'h3',
    folder: 'test/frameworks',
    before: `const { H3, toNodeHandler } = require('h3'); const app = new H3()`,
    after: `app.post('/echo', async ({ req }) => (await req.json()).name)
      up(require('node:http').createServer(toNodeHandler(app)).listen(0, '127.0.0.1'))`,
  },
  ...['express', 'fastify'].map((platform) => ({
    name: `NestJS on ${platform}`,
    recipe: 'Express, NestJS',
    folder: 'test/frameworks',
    before: `require('reflect-metadata')
      const { Body, Controller, Module, Post } = require('@nestjs/common')
      const { NestFactory } = require('@nestjs/core')
      class Echo { echo(body) { return body.name } }
      Body()(Echo.prototype, 'echo', 0)
      Post('echo')(Echo.prototype, 'echo', Object.getOwnPropertyDescriptor(Echo.prototype, 'echo'))
      Controller()(Echo)
      class Root {}
      Module({ controllers: [Echo] })(Root)
      const platform = require('@nestjs/platform-${platform}')
      const Adapter = platform.${platform === 'express' ? 'ExpressAdapter' : 'FastifyAdapter'}
      const app = await NestFactory.create(Root, new Adapter(), { logger: false })`,
    after: `await app.listen(0, '127.0.0.1')
      up(app.getHttpServer())`,
  })),
]

function recipe(of: string): string {
  const block = [...guide.matchAll(/^```ts\n(.*?)^```/gms)].find(([, code]) => code!.startsWith(`// ${of}`))
  assert.ok(block !== undefined, `the guide has a recipe for ${of}`)
  return block[1]!
}

function source({ recipe: of, folder, before, after }: (typeof APPLICATIONS)[number]): string {
  return `
    import { createRequire } from 'node:module'
    const require = createRequire(${JSON.stringify(resolve(folder, 'package.json'))})
    const ys = require(${JSON.stringify(resolve('dist/index.js'))}).yardstick({ store: 'memory' })
    const up = (server) => {
      const tell = () => console.log('up ' + server.address().port)
      if (server.listening) tell()
      else server.once('listening', tell)
    }
    ${before}
    ${recipe(of)}
    ${after}`
}

for (const described of APPLICATIONS) {
  test(`the guide's recipe to mount the API answers what reads and what writes: ${described.name}`, {
    skip: described.folder === '.' ? false : noFrameworks,
  }, async (t) => {
    const running = application(source(described), { file: 'app.mjs' })
    t.after(running.close)
    const [, port] = await running.printed(/up (\d+)/)
    await portOf(running)
    const at = `http://127.0.0.1:${port}`
    const api = `${at}/api/v1/performance`
    const send = (method: string, url: string, body: object) =>
      fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    for (const path of ['', '/self', '/health?window=1min']) {
      assert.equal((await fetch(api + path)).status, 200, path)
    }
    const change = await send('POST', `${api}/changes`, { name: 'v2' })
    assert.deepEqual([change.status, ((await change.json()) as { name: string }).name], [201, 'v2'])
    assert.equal((await send('DELETE', `${api}/silences/none`, { by: 'ann' })).status, 404)
    assert.equal((await fetch(`${at}/api/v1/performances`)).status, 404)
    assert.equal(await (await send('POST', `${at}/echo`, { name: 'v2' })).text(), 'v2')
  })
}
