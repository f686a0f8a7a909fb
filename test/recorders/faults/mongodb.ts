import { type Fault, outcome, turns } from './fault.ts'
import { type Cursor, connected, made, people, refused } from './mongodb-client.ts'

const WAIT = 'database_wait mongodb'

const lost = (how: 'closed' | 'reset' | 'torn'): Fault => ({
  name: `the connection is ${how} under a command, with two more waiting`,
  run: async (stage) => {
    const client = await connected(stage, { monitorCommands: true })
    stage.line.breakAt('gone', how)
    await Promise.all([
      outcome(stage, 'first', people(client, 'gone').find().toArray()),
      outcome(stage, 'second', people(client).findOne({})),
      outcome(stage, 'third', people(client).insertOne({ name: 'Eve' })),
    ])
    await outcome(stage, 'after', people(client).findOne({}))
    await client.close()
  },
  recorded: { [WAIT]: 'ok 3, failed 2', 'database find gone': 'failed 1', 'database find people': 'ok 1' },
})

export const faults: readonly Fault[] = [
  lost('closed'),
  lost('reset'),
  lost('torn'),
  {
    name: 'a command that is sent again over another connection',
    run: async (stage) => {
      const client = await connected(stage, { retryReads: true })
      stage.line.breakAt('gone', 'closed')
      await outcome(stage, 'find', people(client, 'gone').findOne({}))
      await client.close()
    },
    recorded: { [WAIT]: 'ok 3', 'database find gone': 'ok 1, failed 1' },
  },
  {
    name: 'nobody listens',
    run: async (stage) => {
      const client = made(stage, { port: stage.dead, serverSelectionTimeoutMS: 50, monitorCommands: true })
      await outcome(stage, 'connect', client.connect())
      await outcome(stage, 'find', people(client).findOne({}))
      await outcome(stage, 'insert', people(client).insertOne({}))
      await client.close()
    },
    recorded: { [WAIT]: 'failed 3' },
  },
  {
    name: 'a pool has no connection left in time, and a client that is closed has none',
    run: async (stage) => {
      const client = await connected(stage, { waitQueueTimeoutMS: 50 })
      stage.line.breakAt('gone', 'silent')
      const first = outcome(stage, 'first', people(client, 'gone').findOne({}))
      await turns()
      await outcome(stage, 'second', people(client).findOne({}))
      await client.close()
      await first
      await outcome(stage, 'third', people(client).findOne({}))
      await client.close()
    },
    recorded: { [WAIT]: 'ok 2, failed 1', 'database find gone': 'failed 1' },
  },
  {
    name: 'no answer in time, and commands that are given up',
    run: async (stage) => {
      const slow = await connected(stage, { socketTimeoutMS: 50 })
      stage.line.breakAt('gone', 'silent')
      await outcome(stage, 'by the socket', people(slow, 'gone').findOne({}))
      await slow.close()
      const client = await connected(stage)
      await outcome(stage, 'aborted before', people(client).findOne({}, { signal: AbortSignal.abort() }))
      stage.line.breakAt('gone', 'silent')
      const leaving = new AbortController()
      const left = outcome(stage, 'aborted', people(client, 'gone').findOne({}, { signal: leaving.signal }))
      await turns()
      leaving.abort(new Error('given up'))
      await left
      await client.close()
    },
    recorded: { [WAIT]: 'ok 4', 'database find gone': 'failed 2' },
  },
  {
    name: 'commands that are refused, and writes of which a part is',
    run: async (stage) => {
      const client = await connected(stage, { monitorCommands: true })
      await refused(stage, client)
      await outcome(
        stage,
        'nobody asks',
        people(client, 'taken').insertOne({ _id: 1 }, { writeConcern: { w: 0 } }),
      )
      await client.close()
    },
    recorded: {
      [WAIT]: 'ok 6',
      'database find broken': 'failed 1',
      'database insert taken': 'ok 1, failed 2',
      'database insert alone': 'failed 1',
    },
  },
  {
    name: 'what is called wrongly',
    run: async (stage) => {
      const client = await connected(stage)
      try {
        client.db('of.dots').collection('people')
      } catch (error) {
        stage.say('thrown', error)
      }
      await outcome(stage, 'nothing', people(client).insertOne(undefined))
      await outcome(stage, 'none', people(client).insertMany([]))
      const itself: Record<string, unknown> = {}
      itself.itself = itself
      await outcome(stage, 'a circle', people(client).insertOne(itself))
      await client.close()
    },
    recorded: { [WAIT]: 'ok 2', 'database insert people': 'failed 1' },
  },
  {
    name: 'cursors lose their connection, read to the end and streamed',
    run: async (stage) => {
      const all = async (rows: AsyncIterable<unknown>): Promise<void> => {
        for await (const row of rows) stage.say('row', row)
      }
      const client = await connected(stage)
      const readings: readonly ((cursor: Cursor) => Promise<unknown>)[] = [
        (cursor) => cursor.toArray(),
        (cursor) => all(cursor),
        (cursor) => all(cursor.stream()),
        (cursor) => cursor.forEach((row) => void stage.say('each', row)),
      ]
      for (const read of readings) {
        stage.line.breakAt('getMore', 'closed')
        await outcome(stage, 'read', read(people(client).find()))
      }
      await client.close()
    },
    recorded: {
      [WAIT]: 'ok 13',
      'database find people': 'ok 4',
      'database getMore people': 'failed 4',
      'database killCursors people': 'ok 4',
    },
  },
  {
    name: 'cursors that are left, and functions of theirs that throw',
    run: async (stage) => {
      const client = await connected(stage)
      for await (const row of people(client).find()) {
        stage.say('row', row)
        break
      }
      const cursor = people(client).find()
      stage.say('next', await cursor.next())
      await cursor.close()
      const throwing = (): never => {
        throw new Error('thrown by the application')
      }
      await outcome(stage, 'map', people(client).find().map(throwing).toArray())
      await outcome(stage, 'each', people(client).find().forEach(throwing))
      await client.close()
    },
    recorded: { [WAIT]: 'ok 9', 'database find people': 'ok 4', 'database killCursors people': 'ok 4' },
  },
  {
    name: 'what nobody handles is told once',
    run: async (stage) => {
      const client = await connected(stage)
      void people(client, 'broken').findOne({})
      await outcome(stage, 'after', people(client).findOne({}))
      await turns()
      await client.close()
    },
    recorded: { [WAIT]: 'ok 3', 'database find broken': 'failed 1', 'database find people': 'ok 1' },
  },
  {
    name: 'a client that is closed under a command, and what listens to it throws',
    run: async (stage) => {
      const client = await connected(stage, { monitorCommands: true })
      client.once('commandStarted', () => {
        throw new Error('thrown by a listener')
      })
      await outcome(stage, 'listened to', people(client).findOne({}))
      stage.line.breakAt('gone', 'silent')
      const left = outcome(stage, 'left', people(client, 'gone').findOne({}))
      await turns()
      await client.close(true)
      await left
    },
    recorded: { [WAIT]: 'ok 3', 'database find people': 'failed 1', 'database find gone': 'failed 1' },
  },
]
