import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  Agent,
  type ClientRequest,
  createServer,
  get,
  type IncomingMessage,
  request,
  type Server,
} from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head } from '../../../contracts/recorder/raw-client.ts'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { httpClient } from '../../../src/recorders/external/http-client.ts'
import { scopeOf } from '../../../src/recorders/requests/request-scope.ts'
import { recorders } from '../../../src/recorders/table.ts'
import { freePort } from '../../servers/free-port.ts'
import { imported, noLibraries, required } from '../libraries.ts'

const SECRET = '/users/4111111111111111?token=secret'

let other: Server
let url: string
before(async () => {
  other = createServer((incoming, response) => {
    const path = incoming.url ?? ''
    if (path.startsWith('/broken')) response.writeHead(503).end('broken')
    else if (path.startsWith('/cut')) response.write('half', () => setImmediate(() => response.destroy()))
    else if (path.startsWith('/hang')) incoming.resume()
    else if (path.startsWith('/there')) response.writeHead(302, { location: '/here' }).end()
    else if (path.startsWith('/endless')) response.write('some')
    else if (path.startsWith('/early')) response.end('enough')
    else incoming.resume().on('end', () => response.end('fine'))
  }).listen(0, '127.0.0.1')
  await once(other, 'listening')
  url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
})
after(() => {
  other.closeAllConnections()
  other.close()
})

/** What `run` leaves behind in the component. */
async function left(
  run: () => Promise<unknown>,
  operations: number,
): Promise<Readonly<Record<string, string>>> {
  const reading = new Reading()
  const attached = recorders().map((recorder) => recorder.attach(reading.ledger))
  const total = (): number => {
    const own = [...reading.counts()].filter(([key]) => key.startsWith('external '))
    return own.reduce((sum, [, counts]) => sum + counts.total, 0)
  }
  try {
    await run()
    await until('all is recorded', () => total() >= operations)
    assert.deepEqual(reading.errors, [])
    return Object.fromEntries(
      Object.entries(reading.outcomes()).filter(([key]) => key.startsWith('external ')),
    )
  } finally {
    for (const detach of attached) detach()
  }
}

function asked(path: string, options: object = {}): Promise<string> {
  return new Promise((done, failed) => {
    const outgoing = get(`${url}${path}`, options, (response: IncomingMessage) => {
      let text = ''
      response.setEncoding('utf8').on('data', (some) => {
        text += some
      })
      response.on('end', () => done(text)).on('error', failed)
    })
    outgoing.on('error', failed)
  })
}

/** Not `once`, which rejects with an error that comes before. */
function closed(outgoing: ClientRequest): Promise<void> {
  return new Promise((done) => outgoing.on('close', done))
}

for (const [name, ask] of [
  ['fetch', fetch],
  ...(noLibraries === undefined
    ? [['undici', required<{ fetch: typeof fetch }>('undici').fetch] as const]
    : []),
] as const) {
  describe(`outgoing requests by ${name}`, () => {
    test('are named by method and host only', async () => {
      const counts = await left(async () => {
        assert.equal(await (await ask(`${url}${SECRET}`)).text(), 'fine')
        assert.equal(await (await ask(url, { method: 'POST', body: 'some' })).text(), 'fine')
      }, 2)
      assert.deepEqual(counts, { 'external GET 127.0.0.1': 'ok 1', 'external POST 127.0.0.1': 'ok 1' })
    })

    test('have failed where there is no answer, it breaks off, or it is a 5xx', async () => {
      const counts = await left(async () => {
        assert.equal((await ask(`${url}/broken`).then((answer) => [answer.status, answer.text()]))[0], 503)
        await assert.rejects(ask(`${url}/cut`).then((answer) => answer.text()))
        // Not port 1, which fetch refuses to ask at all.
        await assert.rejects(ask(`http://127.0.0.1:${await freePort()}/`), { name: 'TypeError' })
        await assert.rejects(ask(`${url}/hang`, { signal: AbortSignal.timeout(20) }), {
          name: 'TimeoutError',
        })
      }, 4)
      assert.deepEqual(counts, { 'external GET 127.0.0.1': 'failed 4' })
    })

    test('are fine where the application does not want the rest', async () => {
      const counts = await left(async () => {
        const leaving = new AbortController()
        const answer = await ask(`${url}/endless`, { signal: leaving.signal })
        leaving.abort()
        await assert.rejects(answer.text())
      }, 1)
      assert.deepEqual(counts, { 'external GET 127.0.0.1': 'ok 1' })
    })
  })
}

describe('outgoing requests by node:http', () => {
  test('are named by method and host only, whatever the header says', async () => {
    const counts = await left(async () => {
      assert.equal(await asked(SECRET, { headers: { host: 'secret.example' } }), 'fine')
      assert.equal(await asked('/'), 'fine')
    }, 2)
    assert.deepEqual(counts, { 'external GET 127.0.0.1': 'ok 2' })
  })

  test('have failed where there is no answer, it breaks off, or it is a 5xx', async () => {
    const counts = await left(async () => {
      assert.equal(await asked('/broken'), 'broken')
      await assert.rejects(asked('/cut'), { code: 'ECONNRESET' })
      await assert.rejects(asked('/hang', { signal: AbortSignal.timeout(20) }), { name: 'AbortError' })
      const nobody = request('http://127.0.0.1:1/')
      const failed = once(nobody, 'error')
      nobody.end()
      await failed
    }, 4)
    assert.deepEqual(counts, { 'external GET 127.0.0.1': 'failed 4' })
  })

  test('an error that nobody listens for is still thrown', async () => {
    const counts = await left(async () => {
      const others = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException')
      const thrown = once(process, 'uncaughtException')
      request('http://127.0.0.1:1/').end()
      const [error] = await thrown
      for (const each of others) process.on('uncaughtException', each)
      assert.equal(error.code, 'ECONNREFUSED')
    }, 1)
    assert.deepEqual(counts, { 'external GET 127.0.0.1': 'failed 1' })
  })
})

describe('outgoing requests by what is built on others count once', { skip: noLibraries ?? false }, () => {
  interface Axios {
    get(url: string, options?: object): Promise<{ readonly data: unknown }>
  }
  interface Got {
    (url: string, options?: object): Promise<{ readonly body: string }>
    stream(url: string): NodeJS.ReadableStream
  }
  const clients: Readonly<Record<string, () => Promise<(url: string) => Promise<unknown>>>> = {
    axios: async () => async (at) => (await required<{ default: Axios }>('axios').default.get(at)).data,
    'axios by fetch': async () => async (at) =>
      (await required<{ default: Axios }>('axios').default.get(at, { adapter: 'fetch' })).data,
    got: async () => {
      const { default: got } = await imported<{ readonly default: Got }>('got')
      return async (at) => (await got(at, { retry: { limit: 0 } })).body
    },
    'node-fetch': async () => {
      const { default: nodeFetch } = await imported<{ readonly default: typeof fetch }>('node-fetch')
      return async (at) => (await nodeFetch(at)).text()
    },
  }
  for (const [name, open] of Object.entries(clients)) {
    test(`${name}: an answer, and a redirect with what it leads to`, async () => {
      const counts = await left(async () => {
        const ask = await open()
        assert.equal(await ask(`${url}/`), 'fine')
        assert.equal(await ask(`${url}/there`), 'fine')
      }, 3)
      assert.deepEqual(counts, { 'external GET 127.0.0.1': 'ok 3' })
    })
  }

  test('a stream of got that is read to its end', async () => {
    const counts = await left(async () => {
      const { default: got } = await imported<{ readonly default: Got }>('got')
      let text = ''
      for await (const some of got.stream(`${url}/`)) text += some
      assert.equal(text, 'fine')
    }, 1)
    assert.deepEqual(counts, { 'external GET 127.0.0.1': 'ok 1' })
  })
})

describe('outgoing requests on connections that are kept', () => {
  test('by node:http, one after the other and several at once', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 2 })
    const counts = await left(async () => {
      for (let i = 0; i < 5; i++) assert.equal(await asked('/', { agent }), 'fine')
      await Promise.all(Array.from({ length: 10 }, () => asked('/', { agent })))
    }, 15)
    agent.destroy()
    assert.deepEqual(counts, { 'external GET 127.0.0.1': 'ok 15' })
  })

  test('with a body that is sent in pieces, and an answer that comes in pieces', async () => {
    const counts = await left(
      () =>
        new Promise<void>((done, failed) => {
          const outgoing = request(url, { method: 'POST' }, (response) => {
            response.resume().on('end', done)
          }).on('error', failed)
          outgoing.write('one')
          setImmediate(() => {
            outgoing.write('two')
            setImmediate(() => outgoing.end())
          })
        }),
      1,
    )
    assert.deepEqual(counts, { 'external POST 127.0.0.1': 'ok 1' })
  })

  test('end with the answer, though the request is still being written', async () => {
    let nowMs = 1000
    const reading = new Reading({ now: () => nowMs })
    const detach = httpClient().attach(reading.ledger)
    const agent = new Agent({ keepAlive: true })
    try {
      const outgoing = request(`${url}/early`, { method: 'POST', agent })
      outgoing.write('some')
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      nowMs += 5
      await once(response.resume(), 'close')
      nowMs += 60_000
      const over = closed(outgoing)
      outgoing.end('more')
      await over
    } finally {
      detach()
      agent.destroy()
    }
    const { ok, failed, sumMs } = reading.counts().get('external POST 127.0.0.1')!
    assert.deepEqual({ ok, failed, sumMs }, { ok: 1, failed: 0, sumMs: 5 })
  })

  test('taken back by the application before an answer, and in the middle of it', async () => {
    const counts = await left(async () => {
      const early = request(`${url}/hang`).on('error', () => {})
      early.end()
      early.once('socket', () => setImmediate(() => early.destroy()))
      await closed(early)
      const late = request(`${url}/endless`).on('error', () => {})
      late.end()
      const [response] = (await once(late, 'response')) as [IncomingMessage]
      response.on('error', () => {})
      response.destroy()
      await closed(late)
    }, 2)
    assert.deepEqual(counts, { 'external GET 127.0.0.1': 'ok 1, failed 1' })
  })
})

test('hosts without end share one name', async () => {
  const lookup: LookupFunction = (_host, { all }, found) => {
    if (all === true) found(null, [{ address: '127.0.0.1', family: 4 }])
    else found(null, '127.0.0.1', 4)
  }
  const port = new URL(url).port
  const counts = await left(async () => {
    for (let i = 0; i < 320; i++) {
      await new Promise<void>((done, failed) => {
        get({ host: `host${i}.example`, port, lookup }, (response) => response.resume().on('end', done)).on(
          'error',
          failed,
        )
      })
    }
  }, 320)
  assert.equal(Object.keys(counts).length, 301)
  assert.equal(counts['external (other)'], 'ok 20')
})

test('60 concurrent requests: every outgoing one belongs to its own', async () => {
  const found: Record<string, number> = {}
  await measured(
    {},
    (reading) =>
      createServer((incoming, response) => {
        const at = (): void => {
          const right = reading.ledger.scopes.getStore() === scopeOf(incoming)
          found[right ? 'right' : 'wrong'] = (found[right ? 'right' : 'wrong'] ?? 0) + 1
        }
        Promise.all([
          fetch(url)
            .then((answer) => answer.text())
            .then(at),
          asked('/').then(at),
        ]).then(
          () => response.end('done'),
          (error: unknown) => response.writeHead(500).end(`${error}`),
        )
      }),
    async ({ open, quiet, reading }) => {
      const clients = Array.from({ length: 60 }, () => open())
      for (const client of clients) client.send(head('GET', '/'))
      for (const client of clients) await client.received(/done/)
      await quiet()
      assert.deepEqual(found, { right: 120 })
      // The server that is asked is one of this thread, too.
      const own = reading.counts().get('request GET (no route)')!
      assert.equal(own.breakdown?.get('external')?.calls, 120)
      assert.deepEqual(reading.errors, [])
    },
  )
})
