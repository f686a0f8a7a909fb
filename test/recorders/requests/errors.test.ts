import assert from 'node:assert/strict'
import { channel } from 'node:diagnostics_channel'
import { EventEmitter, errorMonitor } from 'node:events'
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http'
import { createRequire, Module } from 'node:module'
import { describe, test } from 'node:test'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head } from '../../../contracts/recorder/raw-client.ts'
import { Reading, said } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { override } from '../../../src/recorders/libraries/override.ts'
import type { HttpOptions } from '../../../src/recorders/requests/http-options.ts'
import { recorders } from '../../../src/recorders/table.ts'

const answering = () => createServer((_request, response) => response.end('fine'))

describe('errors of ours stay ours', () => {
  test('a request that is broken off once it has all come has lost its connection, and counts nevertheless', () =>
    measured(
      { serverTiming: 'trusted' },
      () =>
        createServer(async (request, response) => {
          for await (const _ of request) break
          assert.equal(request.socket, null)
          if (request.url === '/') response.end('enough')
          else response.destroy()
        }),
      async ({ ask, quiet, reading }) => {
        const post = (path: string): string => `${head('POST', path, 'Content-Length: 3')}abc`
        assert.match(await ask(post('/')), /^server-timing: /im)
        await ask(post('/destroyed'))
        await quiet()
        assert.deepEqual(reading.errors, [])
        assert.deepEqual(reading.outcomes(), { 'request POST (no route)': said(1, 1) })
      },
    ))

  test('functions of the options that throw: the request is measured, the function is soon left alone', () => {
    let calls = 0
    const broken = (): never => {
      calls++
      throw new Error('bad option')
    }
    return measured(
      { ignoreIf: broken, user: broken, grade: broken, headers: 'all' },
      answering,
      async ({ ask, reading, quiet }) => {
        for (let i = 0; i < 15; i++) assert.match(await ask(head('GET', '/')), /200 OK.+fine/s)
        await quiet()
        assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(15) })
        assert.equal(calls, 30)
        assert.equal(reading.ledger.loop.inFlight, 0)
        assert.ok(reading.errors.includes('option user: Error'))
      },
    )
  })

  for (const name of [
    'http.server.request.start',
    'tracing:express.router.request:start',
    'fastify.initialization',
  ]) {
    test(`a message on ${name} that is not what it should be: ten are counted, then the recorder is off`, () => {
      const reading = new Reading()
      const detach = recorders().map((recorder) => recorder.attach(reading.ledger))
      const before = channel(name).hasSubscribers
      for (let i = 0; i < 20; i++) channel(name).publish({ unexpected: true })
      assert.equal(before, true)
      assert.equal(channel(name).hasSubscribers, false)
      assert.equal(reading.errors.length, 10)
      const degraded = reading.ledger.announced.filter(
        (each) => each.kind === 'recorder' && each.report.state === 'degraded',
      )
      assert.equal(degraded.length, 1)
      assert.match(JSON.stringify(degraded[0]), /switched off after 10 errors/)
      for (const each of detach) each()
    })
  }

  test('a patched file that breaks on its way does not break its loading', () => {
    const reading = new Reading()
    const detach = recorders().map((recorder) => recorder.attach(reading.ledger))
    const filename = '/nowhere/node_modules/router/lib/layer.js'
    const loaded = new Module(filename) as Module & { _compile(code: string, file: string): unknown }
    loaded._compile(
      `module.exports = function Layer () {}
       Layer = module.exports
       Object.defineProperty(Layer, 'prototype', { value: Object.freeze({ handleRequest () {}, match () {} }) })`,
      filename,
    )
    assert.equal((loaded.exports as { name: string }).name, 'Layer')
    assert.equal(reading.errors.length, 1)
    for (const each of detach) each()
  })
})

test('a Node.js whose heads are sent in another way: no headers of ours, which is said; requests are recorded', async (t) => {
  const prototype: { _storeHeader?: unknown } = ServerResponse.prototype as object
  t.after(() => {
    delete prototype._storeHeader
  })
  prototype._storeHeader = undefined
  await measured(
    { headers: 'all', serverTiming: 'all' },
    () => {
      delete prototype._storeHeader
      return answering()
    },
    async ({ ask, reading, quiet }) => {
      assert.doesNotMatch(await ask(head('GET', '/')), /^(x-|server-timing)/im)
      await quiet()
      assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(1) })
      assert.deepEqual(reading.errors, [])
      const reports = reading.ledger.announced.flatMap((each) =>
        each.kind === 'recorder' ? [each.report] : [],
      )
      assert.match(
        reports.find(({ name }) => name === 'http')?.detail ?? '',
        /sends headers in a way not known/,
      )
    },
  )
})

describe('attaching and detaching', () => {
  const prototypes = [IncomingMessage.prototype, ServerResponse.prototype, Server.prototype, Module.prototype]
  const owned = (): unknown => prototypes.map((each) => Object.getOwnPropertyDescriptors(each))

  test('puts everything back', () => {
    const before = owned()
    const detach = recorders().map((recorder) => recorder.attach(new Reading().ledger))
    assert.notDeepEqual(owned(), before)
    for (const each of detach) each()
    assert.deepEqual(owned(), before)
  })

  test('two in one thread do not count twice, and show their headers once', () => {
    const options: HttpOptions = { headers: 'all', serverTiming: 'all', grade: () => 'B' }
    return measured(options, answering, async ({ ask, reading, quiet }) => {
      const second = new Reading()
      const detach = recorders({ http: options }).map((recorder) => recorder.attach(second.ledger))
      const shown = (await ask(head('GET', '/'))).match(/^(x-.+|server-timing)(?=:)/gim)
      assert.deepEqual(shown, [
        'X-Response-Time-Ms',
        'X-Performance-Grade',
        'X-Concurrent-Requests',
        'Server-Timing',
      ])
      await quiet()
      const counted = [reading, second].map((each) => each.outcomes())
      assert.deepEqual(counted, [{ 'request GET (no route)': said(1) }, {}])
      for (const each of detach) each()
    })
  })

  test('requests under way when it is detached are still recorded', async () => {
    let finish: () => void = () => {}
    await measured(
      {},
      () =>
        createServer((_request, response) => {
          finish = () => response.end('late')
        }),
      async ({ open, reading, inFlight, detach, quiet }) => {
        const client = open()
        client.send(head('GET', '/'))
        await until('it has come', () => inFlight() === 1)
        detach()
        finish()
        await client.received(/late/)
        await quiet()
        assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(1) })
      },
    )
  })

  test('attached anew while requests of before are under way, it goes off whole in the end', async () => {
    const before = owned()
    const finish: (() => void)[] = []
    await measured(
      {},
      () => createServer((_request, response) => finish.push(() => response.end('late'))),
      async ({ open, reading, inFlight, detach, quiet }) => {
        const client = open()
        client.send(head('GET', '/'))
        await until('it has come', () => inFlight() === 1 && finish.length === 1)
        detach()
        const second = new Reading()
        const again = recorders().map((recorder) => recorder.attach(second.ledger))
        finish[0]!()
        await client.received(/late/)
        await quiet()
        client.send(head('GET', '/'))
        await until('the next has come', () => finish.length === 2)
        for (const each of again) each()
        finish[1]!()
        await until('it has ended', () => second.ledger.loop.inFlight === 0)
        const counted = [reading, second].map((each) => each.outcomes())
        assert.deepEqual(counted, [
          { 'request GET (no route)': said(1) },
          { 'request GET (no route)': said(1) },
        ])
      },
    )
    assert.deepEqual(owned(), before)
  })

  test('a request and its response are copied whole by for…in, as without us', () => {
    const listed = (prototype: object): string[] => {
      const names: string[] = []
      for (const name in prototype) names.push(name)
      return names.sort()
    }
    const lists = (): string[][] => prototypes.map(listed)
    const before = lists()
    const detach = recorders().map((recorder) => recorder.attach(new Reading().ledger))
    const during = lists()
    for (const each of detach) each()
    assert.deepEqual(during, before)
  })

  test('a method keeps its name, length and properties; somebody else’s wrapping stays', () => {
    const say = (word: string, times: number): string => word.repeat(times)
    const target = { say: Object.assign(say, { tag: 1 }) }
    const original = target.say
    const undo = override(target, 'say', (say) =>
      Object.assign((...given: Parameters<typeof say>) => `${say(...given)}!`, { tag: 0 }),
    )
    assert.deepEqual([target.say.name, target.say.length, target.say.tag], ['say', 2, 1])
    assert.equal(target.say('a', 2), 'aa!')
    const ours = target.say
    target.say = Object.assign((word: string, times: number) => `(${ours(word, times)})`, { tag: 2 })
    undo()
    assert.equal(target.say('a', 1), '(a!)')
    target.say = ours
    undo()
    assert.equal(target.say, original)
  })

  test('an emit that is put in the place of all later, as node:domain does, is that of requests and servers, too', async (t) => {
    const { emit } = EventEmitter.prototype
    t.after(() => {
      EventEmitter.prototype.emit = emit
    })
    const seen = new Set<string>()
    await measured({}, answering, async ({ ask, quiet, reading }) => {
      EventEmitter.prototype.emit = function (
        this: EventEmitter,
        type: string | symbol,
        ...given: unknown[]
      ) {
        seen.add(`${this.constructor.name} ${String(type)}`)
        return emit.call(this, type, ...given)
      }
      await ask(head('GET', '/'))
      await quiet()
      assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(1) })
    })
    for (const each of ['Server request', 'IncomingMessage close', 'ServerResponse close']) {
      assert.ok(seen.has(each), each)
    }
  })

  test('an event says whether anybody listens, and an error that nobody listens for is thrown', async () => {
    const found: unknown[] = []
    const asked = (emitter: EventEmitter): void => {
      found.push(emitter.emit('mine'), emitter.on('mine', () => {}).emit('mine'))
      const error = new Error('mine')
      assert.throws(
        () => emitter.emit('error', error),
        (thrown) => thrown === error,
      )
      emitter.once(errorMonitor, (seen) => found.push(seen === error))
      emitter.once('error', (seen) => found.push(seen === error))
      found.push(emitter.emit('error', error))
    }
    const server = () =>
      createServer((request, response) => {
        asked(request)
        asked(response)
        response.end('fine')
      })
    await measured({}, server, async ({ ask, quiet }) => {
      await ask(head('GET', '/'))
      await quiet()
    })
    const each = [false, true, true, true, true]
    assert.deepEqual(found, [...each, ...each])
  })

  test('the emit of requests keeps its name and length', () => {
    const detach = recorders().map((recorder) => recorder.attach(new Reading().ledger))
    for (const { prototype } of [IncomingMessage, ServerResponse, Server]) {
      assert.deepEqual([prototype.emit.name, prototype.emit.length], ['emit', 1])
    }
    const { writeHead } = ServerResponse.prototype
    assert.deepEqual([writeHead.name, writeHead.length], ['writeHead', 3])
    for (const each of detach) each()
  })
})

test('attached late: a router that was made before gives no path away', async () => {
  const require = createRequire(import.meta.url)
  const express = require('express4') as typeof import('express')
  const before = express()
  const router = express.Router()
  router.get('/users/:id', (_request, response) => void response.send('fine'))
  before.use('/tenants/:tenant', router)
  await measured(
    {},
    () => {
      const app = express()
      app.use('/new/:mount', before)
      return createServer(app)
    },
    async ({ ask, reading, quiet }) => {
      await ask(head('GET', '/new/1/tenants/secret/users/7'))
      await quiet()
      assert.deepEqual(reading.outcomes(), { 'request GET /(mount)/users/:id': said(1) })
    },
  )
})
