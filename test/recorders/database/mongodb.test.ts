import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { type Exercise, libraryContract, type Way } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'
import { mongoStandIn } from '../servers/mongo-stand-in.ts'
import type { TestServer } from '../servers/test-server.ts'

interface Collection {
  find(filter: object): { toArray(): Promise<unknown[]> }
  findOne(filter: object): Promise<unknown>
  insertOne(document: object): Promise<{ readonly acknowledged: boolean }>
}
interface Client {
  connect(): Promise<Client>
  db(name: string): { collection(name: string): Collection; command(asked: object): Promise<unknown> }
  close(): Promise<void>
}
interface Mongo {
  readonly MongoClient: new (url: string, options: object) => Client
}

const WAIT = 'database_wait mongodb'

const exercises: readonly Exercise<Client>[] = [
  {
    name: 'a cursor of two batches',
    run: async (client, say) => {
      say(await client.db('test').collection('people').find({ card: '4111111111111111' }).toArray())
    },
    recorded: { [WAIT]: 'ok 2', 'database find people': 'ok 1', 'database getMore people': 'ok 1' },
  },
  {
    name: 'an insert',
    run: async (client, say) => {
      const { acknowledged } = await client.db('test').collection('people').insertOne({ name: 'Eve' })
      say(acknowledged)
    },
    recorded: { [WAIT]: 'ok 1', 'database insert people': 'ok 1' },
  },
  {
    name: 'a write that is refused, in an answer that is none of an error',
    run: async (client, say) => {
      await assert.rejects(
        client.db('test').collection('taken').insertOne({ name: 'Eve' }),
        (error: Error & { code: number }) => {
          say([error.constructor.name, error.code])
          return true
        },
      )
    },
    recorded: { [WAIT]: 'ok 1', 'database insert taken': 'failed 1' },
  },
  {
    name: 'a command that is refused',
    run: async (client, say) => {
      await assert.rejects(
        client.db('test').collection('broken').find({}).toArray(),
        (error: Error & { code: number }) => {
          say([error.constructor.name, error.code, error.message])
          return true
        },
      )
    },
    recorded: { [WAIT]: 'ok 1', 'database find broken': 'failed 1' },
  },
  {
    name: 'a command without a collection',
    run: async (client, say) => say(await client.db('test').command({ ping: 1 })),
    recorded: { [WAIT]: 'ok 1', 'database ping': 'ok 1' },
  },
]

const ways: readonly Way<Client>[] = [
  {
    name: 'insert',
    ask: async (client) => {
      await client.db('test').collection('people').insertOne({ name: 'Eve' })
    },
  },
  {
    name: 'command',
    ask: async (client) => {
      await client.db('test').command({ ping: 1 })
    },
  },
]

let server: TestServer
const skip = noLibraries
if (skip === undefined) {
  before(async () => {
    server = await mongoStandIn()
  })
  after(() => server.stop())
}

const loadings = [
  { name: 'mongodb', as: '', load: async () => required<Mongo>('mongodb') },
  { name: 'mongodb', as: ', imported', load: () => imported<Mongo>('mongodb') },
  { name: 'mongodb6', as: '', load: async () => required<Mongo>('mongodb6') },
] as const

for (const { name, as, load } of loadings) {
  libraryContract<Client>({
    name: `mongodb ${versionOf(name)}${as}, against a stand-in`,
    skip,
    component: 'database',
    open: async () => {
      const { MongoClient } = await load()
      const options = { directConnection: true, maxPoolSize: 4, serverSelectionTimeoutMS: 3000 }
      const client = new MongoClient(`mongodb://127.0.0.1:${server.port}`, options)
      await client.connect()
      return client
    },
    close: (client) => client.close(),
    exercises,
    ways,
    report: { library: 'mongodb', state: 'attached', how: 'patch' },
  })
}
