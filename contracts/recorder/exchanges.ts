import assert from 'node:assert/strict'
import { head, type RawClient } from './raw-client.ts'
import { said } from './reading.ts'
import type { Stage } from './stage.ts'
import { until } from './until.ts'

/** What an exchange can do. */
export interface Play {
  readonly open: () => RawClient
  readonly stage: Stage
  readonly inFlight: () => number
  /** Makes the recorders' clock jump. */
  readonly skip: (ms: number) => void
}

/** One way in which a client and a server deal with each other, and exactly what has to be recorded of it. */
export interface Exchange {
  readonly name: string
  readonly run: (play: Play) => Promise<void>
  /** @param route names the series of a request; a framework without routes has one for all templates */
  readonly recorded: (route: (method: string, template: string) => string) => Readonly<Record<string, string>>
}

/** A single request that is answered. */
function answered(request: string, answer: RegExp): Exchange['run'] {
  return async ({ open }) => {
    const client = open()
    client.send(request)
    await client.received(answer)
  }
}

const DONE = /\r\n\r\n/

export const exchanges: readonly Exchange[] = [
  {
    name: 'an answer',
    run: answered(head('GET', '/ok'), /200 OK.+fine/s),
    recorded: (route) => ({ [route('GET', '/ok')]: said(1) }),
  },
  {
    name: 'a query string is no part of a name',
    run: answered(head('GET', '/ok?token=secret'), /fine/),
    recorded: (route) => ({ [route('GET', '/ok')]: said(1) }),
  },
  {
    name: 'nothing there: 404',
    run: answered(head('GET', '/nothing/there'), /404.+\r\n\r\n/s),
    recorded: (route) => ({ [route('GET', '(unmatched)')]: said(1) }),
  },
  {
    name: 'a route that answers 404 itself keeps its name',
    run: answered(head('GET', '/users/0'), /404.+\r\n\r\n/s),
    recorded: (route) => {
      const series = route('GET', '/users/:id')
      return { [series.includes('(no route)') ? route('GET', '(unmatched)') : series]: said(1) }
    },
  },
  {
    name: 'a handler that throws',
    run: answered(head('GET', '/throws'), /500.+\r\n\r\n/s),
    recorded: (route) => ({ [route('GET', '/throws')]: said(0, 1) }),
  },
  {
    name: 'a handler that rejects',
    run: answered(head('GET', '/rejects'), /500.+\r\n\r\n/s),
    recorded: (route) => ({ [route('GET', '/rejects')]: said(0, 1) }),
  },
  {
    name: 'a parametrised mount gives its template',
    run: answered(head('GET', '/api/v1/users/7/posts/9'), /fine/),
    recorded: (route) => ({ [route('GET', '/api/:version/users/:uid/posts/:pid')]: said(1) }),
  },
  {
    name: 'a router within a router',
    run: answered(head('GET', '/api/v2/admin/audit/monday'), /fine/),
    recorded: (route) => ({ [route('GET', '/api/:version/admin/audit/:day')]: said(1) }),
  },
  {
    name: 'a mount beside another that was tried before it',
    run: answered(head('GET', '/api/v3/reports/12'), /fine/),
    recorded: (route) => ({ [route('GET', '/api/:version/reports/:id')]: said(1) }),
  },
  {
    name: 'an error within a mount, answered outside',
    run: answered(head('GET', '/api/v1/broken'), /500.+\r\n\r\n/s),
    recorded: (route) => ({ [route('GET', '/api/:version/broken')]: said(0, 1) }),
  },
  {
    name: 'turned away before the handler: 401',
    run: answered(head('GET', '/private'), /401.+\r\n\r\n/s),
    recorded: (route) => ({ [route('GET', '/private')]: said(1) }),
  },
  {
    name: 'a body that cannot be read: 400',
    run: answered(
      `${head('POST', '/json', 'Content-Type: application/json', 'Content-Length: 2')}{[`,
      /400.+\r\n\r\n/s,
    ),
    recorded: (route) => ({ [route('POST', '/json')]: said(1) }),
  },
  {
    name: 'a streamed answer',
    run: answered(head('GET', '/stream'), /three/),
    recorded: (route) => ({ [route('GET', '/stream')]: said(1) }),
  },
  {
    name: 'HEAD',
    run: answered(head('HEAD', '/ok'), DONE),
    recorded: (route) => ({ [route('HEAD', '/ok')]: said(1) }),
  },
  {
    name: 'a method that nothing handles',
    run: answered(head('PROPFIND', '/nothing'), /404.+\r\n\r\n/s),
    recorded: (route) => ({ [route('PROPFIND', '(unmatched)')]: said(1) }),
  },
  {
    name: 'several requests on one connection',
    run: async ({ open }) => {
      const client = open()
      for (const id of [1, 2, 3]) {
        client.send(head('GET', `/users/${id}`))
        await client.received(new RegExp(`user ${id}`))
      }
    },
    recorded: (route) => ({ [route('GET', '/users/:id')]: said(3) }),
  },
  {
    name: 'pipelined requests',
    run: async ({ open }) => {
      const client = open()
      client.send(head('GET', '/users/1') + head('GET', '/users/2') + head('GET', '/stream'))
      await client.received(/user 1.+user 2.+three/s)
    },
    recorded: (route) => {
      const [users, stream] = [route('GET', '/users/:id'), route('GET', '/stream')]
      return users === stream ? { [users]: said(3) } : { [users]: said(2), [stream]: said(1) }
    },
  },
  {
    name: 'pipelined requests whose client leaves before the first answer',
    run: async ({ open, stage, inFlight }) => {
      const client = open()
      client.send(head('GET', '/slow') + head('GET', '/users/2'))
      await until('both have come', () => stage.entered === 1 && inFlight() === 2)
      client.leave()
    },
    recorded: (route) => {
      const [slow, users] = [route('GET', '/slow'), route('GET', '/users/:id')]
      return users === slow ? { [users]: said(2) } : { [slow]: said(1), [users]: said(1) }
    },
  },
  {
    name: 'no HTTP at all is no request',
    run: async ({ open }) => {
      const client = open()
      client.send('HELLO\r\n\r\n')
      assert.match(await client.closed(), /^HTTP\/1\.1 400 /)
    },
    recorded: () => ({}),
  },
  {
    name: 'Expect: 100-continue',
    run: async ({ open }) => {
      const client = open()
      client.send(head('POST', '/echo', 'Expect: 100-continue', 'Content-Length: 5'))
      await client.received(/^HTTP\/1\.1 100 Continue\r\n\r\n/)
      client.send('12345')
      await client.received(/200 OK.+5 bytes/s)
    },
    recorded: (route) => ({ [route('POST', '/echo')]: said(1) }),
  },
  {
    name: 'the client leaves at once, before an answer: cancelled',
    run: async ({ open, stage }) => {
      const client = open()
      client.send(head('GET', '/slow'))
      await until('the handler has begun', () => stage.entered === 1)
      client.leave()
    },
    recorded: (route) => ({ [route('GET', '/slow')]: said(1) }),
  },
  {
    name: 'the client gives up waiting for an answer: failed',
    run: async ({ open, stage, skip }) => {
      const client = open()
      client.send(head('GET', '/slow'))
      await until('the handler has begun', () => stage.entered === 1)
      skip(1000)
      client.leave()
    },
    recorded: (route) => ({ [route('GET', '/slow')]: said(0, 1) }),
  },
  {
    name: 'the client leaves in the middle of an answer',
    run: async ({ open, stage, skip }) => {
      const client = open()
      client.send(head('GET', '/partial'))
      await client.received(/part/)
      await until('the handler waits', () => stage.entered === 1)
      skip(5000)
      client.leave()
    },
    recorded: (route) => ({ [route('GET', '/partial')]: said(1) }),
  },
  {
    name: 'the server gives up in the middle of its answer',
    run: async ({ open }) => {
      const client = open()
      client.send(head('GET', '/cut'))
      await client.closed()
    },
    recorded: (route) => ({ [route('GET', '/cut')]: said(0, 1) }),
  },
  {
    name: 'the server gives up before its answer',
    run: async ({ open }) => {
      const client = open()
      client.send(head('GET', '/cut?early'))
      await client.closed()
    },
    recorded: (route) => ({ [route('GET', '/cut')]: said(0, 1) }),
  },
  {
    name: 'server-sent events are a wait, and not in flight',
    run: async ({ open, inFlight }) => {
      const client = open()
      client.send(head('GET', '/events'))
      await client.received(/data: first/)
      assert.equal(inFlight(), 0)
      client.leave()
    },
    recorded: (route) => ({ [route('GET', '/events').replace('request', 'wait')]: said(1) }),
  },
  {
    name: 'server-sent events that the server ends',
    run: answered(head('GET', '/events?ends'), /data: first.+\r\n0\r\n/s),
    recorded: (route) => ({ [route('GET', '/events').replace('request', 'wait')]: said(1) }),
  },
  {
    name: 'an upgraded connection is a wait',
    run: async ({ open, inFlight }) => {
      const client = open()
      client.send(head('GET', '/socket', 'Connection: Upgrade', 'Upgrade: websocket'))
      await client.received(/^HTTP\/1\.1 101 /)
      assert.equal(inFlight(), 0)
      client.leave()
    },
    recorded: () => ({ 'wait GET (upgrade)': said(1) }),
  },
]
