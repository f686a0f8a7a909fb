import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head } from '../../../contracts/recorder/raw-client.ts'
import { said } from '../../../contracts/recorder/reading.ts'
import { Stage } from '../../../contracts/recorder/stage.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { userHash } from '../../../src/measure/users.ts'
import type { HttpOptions } from '../../../src/recorders/requests/http-options.ts'
import { scopeOf } from '../../../src/recorders/requests/request-scope.ts'
import type { ExpressModule } from '../express-application.ts'
import { installed } from '../installed.ts'

const answering = () => createServer((_request, response) => response.end('fine'))

describe('requests that are not measured', () => {
  const options: HttpOptions = {
    ignore: ['GET /healthz', '/assets/**', 'GET /**/probe'],
    ignoreIf: (request) => request.headers['x-probe'] !== undefined,
  }
  test('by pattern over method and path, and by the application', () =>
    measured(options, answering, async ({ ask, reading, quiet }) => {
      await ask(head('GET', '/healthz?deep=1'))
      await ask(head('GET', '/assets/a/b.js'))
      await ask(head('POST', '/assets'))
      await ask(head('GET', '/a/b/probe'))
      await ask(head('GET', '/any', 'X-Probe: yes'))
      assert.deepEqual(reading.outcomes(), {})
      for (const path of ['/healthz/x', '/assetsx', '/probe/x']) await ask(head('GET', path))
      await ask(head('POST', '/healthz'))
      await quiet()
      assert.deepEqual(reading.outcomes(), {
        'request GET (no route)': said(3),
        'request POST (no route)': said(1),
      })
      assert.deepEqual(reading.errors, [])
    }))

  test("Yardstick's own, marked while they are under way", () =>
    measured(
      { headers: 'all', serverTiming: 'all' },
      () =>
        createServer((request, response) => {
          scopeOf(request)!.ignored = true
          response.end('own')
        }),
      async ({ ask, reading, quiet }) => {
        const answer = await ask(head('GET', '/api/v1/performance/metrics'))
        await quiet()
        assert.doesNotMatch(answer, /X-Response-Time|Server-Timing/)
        assert.deepEqual(reading.outcomes(), {})
        assert.equal(reading.users(), 0)
      },
    ))

  test('an ignored request that is pipelined is not taken for a part of the one before', () => {
    const scoped: boolean[] = []
    return measured(
      { ignore: ['/quiet'] },
      ({ ledger }) =>
        createServer((_request, response) => {
          scoped.push(ledger.scopes.getStore() !== undefined)
          response.end('x')
        }),
      async ({ open, reading, quiet }) => {
        const client = open()
        client.send(head('GET', '/loud') + head('GET', '/quiet') + head('GET', '/loud'))
        await until('all are answered', () => client.text.split('200 OK').length === 4)
        await quiet()
        assert.deepEqual(scoped, [true, false, true])
        assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(2) })
      },
    )
  })

  test('the options may change at any time', () => {
    const options: { -readonly [K in keyof HttpOptions]: HttpOptions[K] } = {}
    return measured(options, answering, async ({ ask, reading, quiet }) => {
      await ask(head('GET', '/x'))
      options.ignore = ['/x']
      options.headers = 'all'
      await ask(head('GET', '/x'))
      assert.match(await ask(head('GET', '/y')), /X-Concurrent-Requests: 1/)
      await quiet()
      assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(2) })
    })
  })
})

describe('long polls', () => {
  test('by pattern over series: a wait, and out of the number in flight from its route on', () => {
    const stage = new Stage()
    return measured(
      { waits: ['GET /poll/*'] },
      () => {
        const app = installed<ExpressModule>('express')!()
        app.get('/poll/:topic', (_request, response) => void stage.slow(response))
        return createServer(app)
      },
      async ({ open, reading, inFlight }) => {
        const client = open()
        client.send(head('GET', '/poll/news'))
        await until('the handler waits', () => stage.entered === 1)
        assert.equal(inFlight(), 0)
        stage.release()
        await client.received(/slow/)
        await until('it is recorded', () => Object.keys(reading.outcomes()).length > 0)
        assert.deepEqual(reading.outcomes(), { 'wait GET /poll/:topic': said(1) })
        assert.equal(inFlight(), 0)
      },
    )
  })
})

describe('distinct users', () => {
  const agents = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => `User-Agent: browser ${i}`)

  test('by address and user agent, once a connection', () =>
    measured({}, answering, async ({ ask, open, reading, quiet }) => {
      for (const agent of agents(5)) for (let i = 0; i < 3; i++) await ask(head('GET', '/', agent))
      const proxy = open()
      for (const agent of agents(5)) proxy.send(head('GET', '/', agent))
      await until('all are answered', () => proxy.text.split('200 OK').length === 6)
      await quiet()
      assert.equal(reading.users(), 5)
    }))

  test('by the option, then by the user that the application names', () =>
    measured(
      { user: (request) => request.headers['x-user'] as string | undefined },
      () =>
        createServer((request, response) => {
          const named = request.headers['x-named']
          if (typeof named === 'string') scopeOf(request)!.user = userHash(named, '')
          response.end()
        }),
      async ({ ask, reading, quiet }) => {
        for (let i = 0; i < 30; i++) await ask(head('GET', '/', `X-User: ${i % 10}`))
        for (let i = 0; i < 5; i++) await ask(head('GET', '/', `X-User: ${i}`, 'X-Named: 3'))
        await quiet()
        assert.equal(reading.users(), 10)
        await ask(head('GET', '/'))
        await quiet()
        assert.equal(reading.users(), 11)
      },
    ))
})
