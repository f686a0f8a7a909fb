import assert from 'node:assert/strict'
import { type Exercise, libraryContract, type Way } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'

interface Result {
  readonly data?: unknown
  readonly errors?: readonly Error[]
}
interface Asked {
  readonly schema: unknown
  readonly document: unknown
  readonly rootValue?: unknown
  readonly variableValues?: unknown
  readonly operationName?: string
}
interface Executor {
  execute(asked: Asked): Result | Promise<Result>
  executeSync(asked: Asked): Result
  subscribe(asked: Asked): Promise<Result | AsyncIterable<Result>>
}
interface Language {
  parse(text: string): unknown
  buildSchema(text: string): unknown
  readonly GraphQLError: new (message: string) => Error
}
interface Loaded {
  readonly executor: Executor
  readonly ask: (text: string, more?: Partial<Asked>) => Asked
}

const SECRET = 'hunter2'
const SCHEMA = `
  type User { name: String! id: ID }
  type Query {
    users: [User!] posts: [String] comments: [String] tags: [String]
    slow: String refused: String broken: String missing: User
  }
  type Mutation { login(password: String!): String }
  type Subscription { counted(to: Int!): Int broken: Int refused: Int }
`

/** What the fields of the schema give. */
function root({ GraphQLError }: Language): object {
  const later = () => new Promise((done) => setImmediate(done))
  return {
    users: () => [{ name: 'ann', id: 1 }],
    posts: () => ['a'],
    comments: () => ['b'],
    tags: () => ['c'],
    slow: async () => {
      await later()
      return 'slow'
    },
    refused: async () => {
      await later()
      throw new GraphQLError('not for you')
    },
    broken: async () => {
      await later()
      throw new TypeError('no database')
    },
    // Its name may not be null.
    missing: () => ({ id: 2 }),
    login: () => 'token',
    counted: async function* ({ to }: { readonly to: number }) {
      for (let i = 1; i <= to; i++) yield { counted: i }
    },
  }
}

const result = (say: (what: unknown) => void, { data, errors }: Result): void =>
  say([data, errors?.map((each) => String(each))])

const exercises: readonly Exercise<Loaded>[] = [
  {
    name: 'operations with a name, and their values',
    run: async ({ executor, ask }, say) => {
      result(say, await executor.execute(ask('query Users { users { name } }')))
      result(say, await executor.execute(ask('query Users { all: users { id } }')))
      const given = ask('mutation Login($password: String!) { login(password: $password) }', {
        variableValues: { password: SECRET },
      })
      result(say, await executor.execute(given))
      result(say, await executor.execute(ask(`mutation Login { login(password: "${SECRET}") }`)))
    },
    recorded: { 'graphql query Users': 'ok 2', 'graphql mutation Login': 'ok 2' },
  },
  {
    name: 'operations without a name are called by their fields',
    run: async ({ executor, ask }, say) => {
      result(say, await executor.execute(ask('{ users { name } posts }')))
      result(say, await executor.execute(ask('{ posts again: users { id } more: posts }')))
      result(
        say,
        await executor.execute(
          ask('{ ...All } fragment All on Query { tags ... { comments posts users { id } } }'),
        ),
      )
      result(say, await executor.execute(ask(`mutation { login(password: "${SECRET}") }`)))
    },
    recorded: {
      'graphql query { posts users }': 'ok 2',
      'graphql query { comments posts tags … }': 'ok 1',
      'graphql mutation { login }': 'ok 1',
    },
  },
  {
    name: 'one of several in a document',
    run: async ({ executor, ask }, say) => {
      const text = 'query One { posts } query Two { tags }'
      result(say, await executor.execute(ask(text, { operationName: 'Two' })))
      result(say, await executor.execute(ask(text, { operationName: 'Three' })))
      result(say, await executor.execute(ask(text)))
    },
    recorded: { 'graphql query Two': 'ok 1' },
  },
  {
    name: 'results at once, and results that come',
    run: async ({ executor, ask }, say) => {
      const atOnce = executor.execute(ask('query AtOnce { posts }'))
      say(atOnce instanceof Promise)
      const comes = executor.execute(ask('query Comes { slow }'))
      say(comes instanceof Promise)
      result(say, await comes)
      result(say, executor.executeSync(ask('query Sync { posts }')))
    },
    recorded: { 'graphql query AtOnce': 'ok 1', 'graphql query Comes': 'ok 1', 'graphql query Sync': 'ok 1' },
  },
  {
    name: 'what the application answers with is an answer; what breaks has failed',
    run: async ({ executor, ask }, say) => {
      for (const field of ['refused', 'broken', 'missing { name }']) {
        const name = field.replace(/ .*/, '')
        result(say, await executor.execute(ask(`query ${name} { ${field} posts }`)))
      }
      const without = ask('mutation Without($password: String!) { login(password: $password) }')
      result(say, await executor.execute(without))
    },
    recorded: {
      'graphql query refused': 'ok 1',
      'graphql query broken': 'failed 1',
      'graphql query missing': 'failed 1',
      'graphql mutation Without': 'ok 1',
    },
  },
  {
    name: 'a document that is none is thrown at the caller',
    run: async ({ executor, ask }, say) => {
      for (const document of [undefined, null, {}, { definitions: null }]) {
        await assert.rejects(
          async () => executor.execute({ ...ask('{ posts }'), document }),
          (error: Error) => {
            say(error.message)
            return true
          },
        )
      }
    },
    recorded: {},
  },
  {
    name: 'subscriptions, until their source is open',
    run: async ({ executor, ask }, say) => {
      const events = await executor.subscribe(ask('subscription Counted { counted(to: 3) }'))
      for await (const event of events as AsyncIterable<Result>) result(say, event)
      for (const field of ['refused', 'broken']) {
        const failed = await executor.subscribe(ask(`subscription ${field} { ${field} }`))
        result(say, failed as Result)
      }
    },
    recorded: {
      'graphql subscription Counted': 'ok 1',
      'graphql subscription refused': 'ok 1',
      'graphql subscription broken': 'failed 1',
    },
  },
]

const ways: readonly Way<Loaded>[] = [
  {
    name: 'at once',
    ask: async ({ executor, ask }) => void (await executor.execute(ask('query A { posts }'))),
  },
  { name: 'later', ask: async ({ executor, ask }) => void (await executor.execute(ask('query A { slow }'))) },
  {
    name: 'resolvers',
    ask: async ({ executor, ask }, at) => {
      const rootValue = {
        posts: async () => {
          at('resolver')
          await new Promise((done) => setImmediate(done))
          at('resolver, later')
          return []
        },
      }
      await executor.execute(ask('query A { posts }', { rootValue }))
    },
  },
]

function subject(
  name: string,
  report: { readonly library: string; readonly how: string },
  open: () => Promise<{ readonly executor: Executor; readonly language: Language }>,
): void {
  libraryContract<Loaded>({
    name,
    skip: noLibraries,
    component: 'graphql',
    open: async () => {
      const { executor, language } = await open()
      const schema = language.buildSchema(SCHEMA)
      const rootValue = root(language)
      const ask: Loaded['ask'] = (text, more = {}) => ({
        schema,
        rootValue,
        document: language.parse(text),
        ...more,
      })
      return { executor, ask }
    },
    close: async () => {},
    exercises,
    ways,
    report: { ...report, state: 'attached' },
  })
}

for (const name of ['graphql17', 'graphql170', 'graphql', 'graphql160']) {
  const how = name.startsWith('graphql17') ? 'channel' : 'patch'
  subject(`graphql ${versionOf(name)}`, { library: 'graphql', how }, async () => {
    const graphql = required<Executor & Language>(name)
    return { executor: graphql, language: graphql }
  })
}

for (const name of ['graphql', 'graphql160']) {
  subject(`graphql ${versionOf(name)}, ES modules`, { library: 'graphql', how: 'module' }, async () => {
    const graphql = await imported<Executor & Language>(`${name}/index.mjs`)
    return { executor: graphql, language: graphql }
  })
}

for (const name of ['@graphql-tools/executor', 'graphql-executor12']) {
  for (const [how, load] of [
    ['patch', async () => required<Executor>(name)],
    ['module', () => imported<Executor>(name)],
  ] as const) {
    subject(
      `@graphql-tools/executor ${versionOf(name)}, ${how}`,
      { library: '@graphql-tools/executor', how },
      async () => ({
        executor: await load(),
        language: required<Language>('graphql'),
      }),
    )
  }
}
