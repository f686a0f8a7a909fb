import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { measured } from '../../contracts/recorder/measured-server.ts'
import { head } from '../../contracts/recorder/raw-client.ts'
import { said } from '../../contracts/recorder/reading.ts'
import { routes as expressRoutes } from '../../src/express-entry.ts'
import { routes as fastifyRoutes } from '../../src/fastify-entry.ts'
import { routes as honoRoutes } from '../../src/hono-entry.ts'
import { routes as koaRoutes } from '../../src/koa-entry.ts'

test('a Fastify instance that was made before Yardstick was there makes its routes known', async () => {
  const app = fastify()
  app.addHook('onRequest', fastifyRoutes())
  app.get('/users/:id', async () => 'fine')
  await app.ready()
  await measured(
    {},
    () => app.server,
    async ({ ask, reading, quiet }) => {
      await ask(head('GET', '/users/7'))
      await ask(head('GET', '/nothing'))
      await quiet()
      assert.deepEqual(reading.outcomes(), {
        'request GET /users/:id': said(1),
        'request GET (unmatched)': said(1),
      })
      assert.deepEqual(reading.errors, [])
    },
  )
})

test('where Yardstick does not run, all goes on as if nothing were there', async () => {
  const app = new Hono().use(honoRoutes()).get('/users/:id', (context) => context.text('fine'))
  assert.equal(await (await app.request('/users/7')).text(), 'fine')
  const context = { req: {}, method: 'GET' } as Parameters<ReturnType<typeof koaRoutes>>[0]
  assert.equal(await koaRoutes()(context, async () => 'next'), 'next')
})

test('what is no application of Express is left as it is, and the application does not hear of it', () => {
  const strange = { use: () => {}, router: { stack: [] } }
  assert.equal(expressRoutes(strange), strange)
})

test('told twice of an application, a request still counts once', () =>
  measured(
    {},
    () => {
      const app = expressRoutes(expressRoutes(express()))
      app.get('/users/:id', (_request, response) => void response.send('fine'))
      return createServer(app)
    },
    async ({ ask, reading, quiet }) => {
      assert.match(await ask(head('GET', '/users/7')), /fine/)
      await quiet()
      assert.deepEqual(reading.outcomes(), { 'request GET /users/:id': said(1) })
    },
  ))
