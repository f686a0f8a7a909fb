import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { type Exercise, libraryContract, type Way } from '../../../contracts/library.ts'
import { Reading, said } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { recorders } from '../../../src/recorders/table.ts'
import { noLibraries, versionOf } from '../libraries.ts'
import { ask, type Call, type Order, type Orders, open, read } from './orders.ts'

const VERSIONS = ['@grpc/grpc-js', 'grpc18']

/** What a call leaves behind at both its ends. */
const GET = {
  request: 'request POST /shop.Orders/Get',
  method: 'grpc shop.Orders/Get',
  call: 'external shop.Orders/Get 127.0.0.1',
}

const exercises: readonly Exercise<Orders>[] = [
  {
    name: 'an answer',
    run: async (orders, say) => say(await ask(orders, 'a')),
    recorded: { [GET.request]: 'ok 1', [GET.method]: 'ok 1', [GET.call]: 'ok 1' },
  },
  {
    name: 'a refusal is an answer, a failure is not',
    run: async (orders, say) => {
      // Not found, unauthenticated; unknown, internal, unavailable.
      for (const code of ['5', '16', '2', '13', '14']) {
        await assert.rejects(ask(orders, code), (error: Error) => {
          say(error.message)
          return true
        })
      }
    },
    recorded: {
      [GET.request]: 'ok 2, failed 3',
      [GET.method]: 'ok 2, failed 3',
      [GET.call]: 'ok 2, failed 3',
    },
  },
  {
    name: 'a method that the server does not have',
    run: ({ client }, say) =>
      new Promise((done) => {
        client.nothing({ id: 'a' }, (error: Error) => {
          say(error.message.slice(0, 16))
          done()
        })
      }),
    recorded: {
      'request POST (unmatched)': 'ok 1',
      'external shop.Orders/Secret4111111111111111 127.0.0.1': 'failed 1',
    },
  },
  {
    name: 'callbacks, events and what is returned, in their order',
    run: ({ client, grpc }, say) =>
      new Promise((done) => {
        const call = client.get({ id: 'a' }, new grpc.Metadata(), {}, (error: unknown, order: Order) => {
          say(['callback', error, order])
        })
        call.on('metadata', () => say('metadata'))
        call.on('status', ({ code }: { readonly code: number }) => {
          say(['status', code])
          done()
        })
        say([call.constructor.name, call.listenerCount('status'), call.eventNames()])
      }),
    recorded: { [GET.request]: 'ok 1', [GET.method]: 'ok 1', [GET.call]: 'ok 1' },
  },
  {
    name: 'what a callback throws is thrown',
    run: async ({ client }, say) => {
      const others = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException')
      const thrown = once(process, 'uncaughtException')
      client.get({ id: 'a' }, () => {
        throw new Error('of the application')
      })
      const [error] = await thrown
      for (const each of others) process.on('uncaughtException', each)
      say(error.message)
    },
    recorded: { [GET.request]: 'ok 1', [GET.method]: 'ok 1', [GET.call]: 'ok 1' },
  },
  {
    name: 'arguments that are none are thrown at the caller',
    run: async ({ client }, say) => {
      assert.throws(
        () => client.get({ id: 'a' }),
        (error: Error) => {
          say(error.message)
          return true
        },
      )
    },
    recorded: {},
  },
  {
    name: 'streams of answers, of questions, and of both, are waits of the server',
    run: async ({ client }, say) => {
      say(await read(client.list({ id: 'a' })))
      const answer = new Promise((done) => {
        const call = client.put((_error: unknown, order: Order) => done(order))
        for (const id of ['a', 'b', 'c']) call.write({ id })
        call.end()
      })
      say(await answer)
      const talk = client.talk()
      talk.write({ id: 'hello' })
      talk.end()
      say(await read(talk))
    },
    recorded: {
      'wait POST /shop.Orders/List': 'ok 1',
      'external shop.Orders/List 127.0.0.1': 'ok 1',
      'wait POST /shop.Orders/Put': 'ok 1',
      'external shop.Orders/Put 127.0.0.1': 'ok 1',
      'wait POST /shop.Orders/Talk': 'ok 1',
      'external shop.Orders/Talk 127.0.0.1': 'ok 1',
    },
  },
  {
    name: 'a stream that breaks, and one whose client has had enough',
    run: async (orders, say) => {
      await assert.rejects(read(orders.client.list({ id: '13' })), (error: Error) => {
        say(error.message)
        return true
      })
      const call = orders.client.list({ id: 'hang' })
      const taken = once(call, 'error')
      call.once('data', () => call.cancel())
      const [error] = await taken
      say(error.message)
    },
    recorded: {
      'wait POST /shop.Orders/List': 'ok 1, failed 1',
      'external shop.Orders/List 127.0.0.1': 'ok 1, failed 1',
    },
  },
  {
    name: 'a deadline that passes has failed; a call taken back has for its client',
    run: async (orders, say) => {
      const { hanging } = orders
      const message = (error: Error): true => {
        say(error.message.slice(0, 19))
        return true
      }
      await assert.rejects(ask(orders, 'hang', { deadline: Date.now() + 100 }), message)
      const error = new Promise<Error>((done) => {
        const call = orders.client.get({ id: 'hang' }, (taken: Error) => done(taken))
        void until('it has come', () => orders.hanging === hanging + 2).then(() => call.cancel())
      })
      message(await error)
    },
    recorded: { [GET.request]: 'ok 1, failed 1', [GET.method]: 'ok 1, failed 1', [GET.call]: 'failed 2' },
  },
]

const ways: readonly Way<Orders>[] = [
  {
    name: 'a call',
    ask: ({ client }, at) =>
      new Promise((done) => {
        const call = client.get({ id: 'a' }, () => at('callback'))
        call.on('metadata', () => at('metadata'))
        call.on('status', () => {
          at('status')
          done()
        })
      }),
  },
  {
    name: 'a stream of answers',
    ask: ({ client }, at) =>
      new Promise((done) => {
        const call: Call = client.list({ id: 'a' })
        call.on('data', () => at('data'))
        call.on('end', () => at('end'))
        call.on('status', () => {
          at('status')
          done()
        })
      }),
  },
  {
    name: 'a conversation',
    ask: async ({ client }, at) => {
      const call = client.talk()
      call.on('data', () => {
        at('data')
        call.end()
      })
      call.write({ id: 'a' })
      await once(call, 'status')
    },
  },
]

for (const name of VERSIONS) {
  libraryContract<Orders>({
    name: `@grpc/grpc-js ${versionOf(name)}`,
    skip: noLibraries,
    component: 'external',
    open: () => open(name),
    close: async ({ close }) => close(),
    exercises,
    ways,
    report: { library: '@grpc/grpc-js', state: 'attached', how: 'patch' },
  })

  describe(`servers of @grpc/grpc-js ${versionOf(name)}`, { skip: noLibraries ?? false }, () => {
    test('60 concurrent calls: what runs in a method belongs to its own', async () => {
      const reading = new Reading()
      const attached = recorders().map((recorder) => recorder.attach(reading.ledger))
      const orders = await open(name)
      const found = new Map<unknown, string>()
      const places: Record<string, number> = {}
      orders.at = async (id) => {
        const { ledger } = reading
        const scope = ledger.scopes.getStore()
        const before = found.get(scope) ?? id
        found.set(scope, before)
        ledger.operation('database', 'query').track(() => {})
        await new Promise((done) => setTimeout(done, Number(/\d+/.exec(id)?.[0] ?? 0) % 7))
        const place =
          scope !== undefined && before === id && ledger.scopes.getStore() === scope ? 'right' : 'wrong'
        places[place] = (places[place] ?? 0) + 1
        await ledger.operation('database', 'query').track(async () => {})
      }
      try {
        await Promise.all(Array.from({ length: 60 }, (_, i) => ask(orders, `number ${i}`)))
        await Promise.all(Array.from({ length: 60 }, (_, i) => read(orders.client.list({ id: `list ${i}` }))))
        await until('all is recorded', () => reading.outcomes()['wait POST /shop.Orders/List'] === said(60))
        assert.deepEqual(places, { right: 120 })
        assert.equal(found.size, 120)
        const request = reading.counts().get(GET.request)!
        assert.equal(request.breakdown?.get('database')?.calls, 120)
        assert.equal(reading.outcomes()[GET.method], said(60))
        assert.equal(reading.ledger.loop.inFlight, 0)
        assert.deepEqual(reading.errors, [])
      } finally {
        orders.close()
        for (const detach of attached) detach()
      }
    })
  })
}
