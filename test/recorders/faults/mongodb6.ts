import { type Fault, outcome } from './fault.ts'
import { connected, people, refused } from './mongodb-client.ts'

/** Of the first release that is recorded, whose commands take callbacks. */
export const faults: readonly Fault[] = [
  {
    name: 'commands that are refused, and writes of which a part is',
    run: async (stage) => {
      const client = await connected(stage, { driver: 'mongodb6', monitorCommands: true })
      await refused(stage, client)
      await client.close()
    },
    recorded: {
      'database_wait mongodb': 'ok 4',
      'database find broken': 'failed 1',
      'database insert taken': 'failed 2',
      'database insert alone': 'failed 1',
    },
  },
  {
    name: 'commands that want no answer, which call back without one',
    run: async (stage) => {
      const client = await connected(stage, { driver: 'mongodb6' })
      // No option that is documented: what the driver asks so itself is not recorded.
      await outcome(stage, 'unanswered', people(client).insertOne({ _id: 1 }, { noResponse: true }))
      await client.close()
    },
    recorded: { 'database_wait mongodb': 'ok 1', 'database insert people': 'ok 1' },
  },
]
