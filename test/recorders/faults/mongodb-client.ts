import { required } from '../libraries.ts'
import { outcome, type Stage } from './fault.ts'

export interface Cursor extends AsyncIterable<unknown> {
  toArray(): Promise<readonly unknown[]>
  map(each: (document: unknown) => unknown): Cursor
  forEach(each: (document: unknown) => void): Promise<void>
  next(): Promise<unknown>
  close(): Promise<void>
  stream(): NodeJS.ReadableStream
}
export interface Collection {
  find(filter?: object, options?: object): Cursor
  findOne(filter: object, options?: object): Promise<unknown>
  insertOne(document: unknown, options?: object): Promise<unknown>
  insertMany(documents: readonly object[], options?: object): Promise<unknown>
}
export interface Client extends NodeJS.EventEmitter {
  connect(): Promise<Client>
  db(name: string): { collection(name: string): Collection; command(asked: object): Promise<unknown> }
  close(force?: boolean): Promise<void>
}
export interface ClientOptions {
  /** The name that the driver is installed under. Default: `mongodb` */
  readonly driver?: string
  readonly port?: number
  readonly [more: string]: unknown
}

/** One that asks for nothing again, unless told to. */
export function made(
  { line, say }: Stage,
  { driver = 'mongodb', port = line.port, ...more }: ClientOptions = {},
): Client {
  const { MongoClient } = required<{ readonly MongoClient: new (url: string, options: object) => Client }>(
    driver,
  )
  const client = new MongoClient(`mongodb://127.0.0.1:${port}`, {
    directConnection: true,
    retryReads: false,
    retryWrites: false,
    serverSelectionTimeoutMS: 2000,
    minHeartbeatFrequencyMS: 5,
    maxPoolSize: 1,
    ...more,
  })
  for (const event of ['commandStarted', 'commandSucceeded', 'commandFailed']) {
    client.on(event, ({ commandName, failure }: { commandName: string; failure?: Error }) =>
      say(event, commandName, ...(failure === undefined ? [] : [failure])),
    )
  }
  return client
}

export async function connected(stage: Stage, options?: ClientOptions): Promise<Client> {
  return await made(stage, options).connect()
}

export const people = (client: Client, name = 'people'): Collection => client.db('test').collection(name)

/** Asks for what the stand-in refuses, in whole or in part. */
export async function refused(stage: Stage, client: Client): Promise<void> {
  await outcome(stage, 'find', people(client, 'broken').find().toArray())
  await outcome(stage, 'duplicate', people(client, 'taken').insertOne({ _id: 1 }))
  await outcome(stage, 'several', people(client, 'taken').insertMany([{ _id: 1 }, { _id: 2 }]))
  await outcome(stage, 'not everywhere', people(client, 'alone').insertOne({ _id: 1 }))
}
