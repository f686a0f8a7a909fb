import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { describe, test } from 'node:test'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head } from '../../../contracts/recorder/raw-client.ts'
import { Reading, said } from '../../../contracts/recorder/reading.ts'
import { recorders } from '../../../src/recorders/table.ts'
import { noLibraries, required, versionOf } from '../libraries.ts'

interface Graphql {
  buildSchema(text: string): unknown
  parse(text: string): unknown
  execute(asked: { schema: unknown; document: unknown; rootValue: unknown }): unknown
}
interface Apollo {
  readonly ApolloServer: new (
    options: object,
  ) => {
    start(): Promise<void>
    executeHTTPGraphQLRequest(asked: object): Promise<{
      status?: number
      readonly headers: Iterable<readonly [string, string]>
      readonly body: { readonly string: string }
    }>
  }
  readonly HeaderMap: new (entries: readonly unknown[]) => object
}

const SCHEMA = 'type Query { slow(ms: Int): String broken: String }'
const slow = async ({ ms = 1 }: { readonly ms?: number }): Promise<string> => {
  await new Promise((done) => setTimeout(done, ms))
  return 'slow'
}
const broken = async (): Promise<never> => {
  throw new TypeError('no database')
}

/** Servers of the same schema, loaded when the recorders are attached. */
const servers: Readonly<Record<string, () => Promise<RequestListener>>> = {
  'graphql-http': async () => {
    const { createHandler } = required<{ createHandler(options: object): RequestListener }>(
      'graphql-http/lib/use/http',
    )
    const schema = required<Graphql>('graphql').buildSchema(SCHEMA)
    return createHandler({ schema, rootValue: { slow, broken } })
  },
  '@apollo/server': async () => {
    const { ApolloServer, HeaderMap } = required<Apollo>('@apollo/server')
    const resolvers = {
      Query: { slow: (_: unknown, given: { readonly ms?: number }) => slow(given), broken },
    }
    const quiet = { debug() {}, info() {}, warn() {}, error() {} }
    const apollo = new ApolloServer({ typeDefs: SCHEMA, resolvers, logger: quiet })
    await apollo.start()
    return async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: 'POST',
          headers: new HeaderMap(Object.entries(request.headers)),
          search: '',
          body: JSON.parse(text),
        },
        context: async () => ({}),
      })
      response.writeHead(answer.status ?? 200, Object.fromEntries(answer.headers)).end(answer.body.string)
    }
  },
  'graphql-yoga': async () => {
    interface Yoga {
      createYoga(options: object): RequestListener
      createSchema(options: object): unknown
    }
    const { createYoga, createSchema } = required<Yoga>('graphql-yoga')
    const resolvers = {
      Query: { slow: (_: unknown, given: { readonly ms?: number }) => slow(given), broken },
    }
    return createYoga({ schema: createSchema({ typeDefs: SCHEMA, resolvers }), logging: false })
  },
}

function post(query: string): string {
  const body = JSON.stringify({ query })
  const headers = ['Content-Type: application/json', `Content-Length: ${body.length}`]
  return head('POST', '/graphql', ...headers) + body
}

describe('servers of GraphQL', { skip: noLibraries ?? false }, () => {
  for (const [name, open] of Object.entries(servers)) {
    test(`${name} ${versionOf(name)}: every operation counts in the request that brought it`, () =>
      measured(
        {},
        async () => createServer(await open()),
        async (server) => {
          const clients = Array.from({ length: 60 }, () => server.open())
          for (const [i, client] of clients.entries()) client.send(post(`query Slow { slow(ms: ${i % 7}) }`))
          for (const client of clients) await client.received(/"slow":"slow"/)
          const client = server.open()
          client.send(post('query Broken { broken }'))
          await client.received(/errors/)
          client.forget()
          client.send(post('query Invalid { nothing }'))
          await client.received(/errors/)
          await server.quiet()
          const outcomes = Object.entries(server.reading.outcomes())
          // They keep caches of their own.
          const operations = outcomes.filter(([key]) => key.startsWith('graphql '))
          assert.deepEqual(Object.fromEntries(operations), {
            'graphql query Slow': said(60),
            'graphql query Broken': said(0, 1),
          })
          const { breakdown } = server.reading.counts().get('request POST (no route)')!
          assert.equal(breakdown?.get('graphql')?.calls, 61)
          assert.deepEqual(server.reading.errors, [])
        },
      ))
  }

  test('names that clients make up share one, beyond a hundred', () => {
    const reading = new Reading()
    const attached = recorders().map((recorder) => recorder.attach(reading.ledger))
    const { execute, parse, buildSchema } = required<Graphql>('graphql')
    const schema = buildSchema(SCHEMA)
    for (let i = 0; i < 250; i++) {
      execute({ schema, document: parse(`query Attack${i} { __typename }`), rootValue: {} })
    }
    const outcomes = Object.entries(reading.outcomes())
    for (const detach of attached) detach()
    assert.equal(outcomes.length, 101)
    assert.equal(reading.outcomes()['graphql query (other)'], said(150))
    assert.deepEqual(reading.errors, [])
  })
})
