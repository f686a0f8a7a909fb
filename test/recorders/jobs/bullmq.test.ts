import assert from 'node:assert/strict'
import type { EventEmitter } from 'node:events'
import { resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { recorders } from '../../../src/recorders/table.ts'
import { noLibraries, required, versionOf } from '../libraries.ts'
import { hasRedis, redisServer } from '../servers/redis.ts'
import type { TestServer } from '../servers/test-server.ts'

interface Job {
  readonly id: string
  readonly name: string
  readonly data: { readonly id: string }
  readonly timestamp: number
  readonly processedOn: number
  readonly attemptsMade: number
  readonly opts: { readonly attempts?: number }
  moveToDelayed(atMs: number, token: string): Promise<void>
}
interface Queue {
  add(name: string, data: object, options?: object): Promise<Job>
  close(): Promise<void>
}
type Processor = (this: unknown, ...given: [job: Job, token: string]) => unknown
interface Worker extends EventEmitter {
  waitUntilReady(): Promise<unknown>
  close(): Promise<void>
}
interface Bullmq {
  readonly Queue: new (name: string, options: object) => Queue
  readonly Worker: new (name: string, processor: Processor | string, options: object) => Worker
  readonly DelayedError: new () => Error
  readonly UnrecoverableError: new (message: string) => Error
}

// What the test runner starts us with keeps BullMQ from starting processes: it makes ports of whatever begins so.
process.execArgv = process.execArgv.filter((each) => !each.startsWith('--inspect'))

const SECRET = '4111111111111111'
const skip = noLibraries ?? (hasRedis ? false : 'Redis is not installed')
let server: TestServer
if (skip === false) {
  before(async () => {
    server = await redisServer()
  })
  after(() => server.stop())
}

type Added = readonly [name: string, data: Job['data'], options?: object]

/** What a queue and its worker are tried with. */
interface Stage {
  readonly library: Bullmq
  /** Adds jobs, and resolves when so many have come to an end, with what the worker told of them. */
  readonly work: (processor: Processor | string, jobs: readonly Added[]) => Promise<readonly Job[]>
  readonly say: (what: unknown) => void
}

interface Exercise {
  readonly name: string
  readonly run: (stage: Stage) => Promise<unknown>
  readonly recorded: Readonly<Record<string, string>>
}

const exercises: readonly Exercise[] = [
  {
    name: 'jobs that are done, by promise and at once',
    run: ({ work, say }) =>
      work(
        function (...given) {
          const [job, token] = given
          say([this === undefined, job.constructor.name, typeof token, given.length])
          return job.name === 'at once'
            ? 'now'
            : new Promise((done) => setImmediate(done, { id: job.data.id }))
        },
        [
          ['welcome', { id: SECRET }],
          ['at once', { id: SECRET }],
          ['__default__', { id: 'c' }],
        ],
      ),
    recorded: {
      'job mail/welcome': 'ok 1',
      'job mail/at once': 'ok 1',
      'job mail': 'ok 1',
      'job_wait mail': 'ok 3',
    },
  },
  {
    name: 'each attempt counts, and only the first has waited',
    run: ({ work, library }) =>
      work(
        ({ name, attemptsMade }) => {
          if (name === 'hopeless') throw new library.UnrecoverableError('hopeless')
          if (attemptsMade < 2) return Promise.reject(new TypeError('no database'))
          return 'at last'
        },
        [
          ['tried', { id: 'a' }, { attempts: 3 }],
          ['tried', { id: 'b' }, { attempts: 2 }],
          ['hopeless', { id: 'c' }, { attempts: 3 }],
        ],
      ),
    recorded: {
      'job mail/tried': 'ok 1, failed 4',
      'job mail/hopeless': 'failed 1',
      'job_wait mail': 'ok 3',
    },
  },
  {
    name: 'what throws no error at all',
    run: ({ work }) => work(() => Promise.reject('a text'), [['odd', { id: 'a' }]]),
    recorded: { 'job mail/odd': 'failed 1', 'job_wait mail': 'ok 1' },
  },
  {
    name: 'a job that is put off has not failed',
    run: ({ work, library }) => {
      let times = 0
      return work(
        async (job, token) => {
          if (times++ > 0) return 'done'
          await job.moveToDelayed(Date.now() + 1, token)
          throw new library.DelayedError()
        },
        [['put off', { id: 'a' }]],
      )
    },
    recorded: { 'job mail/put off': 'ok 2', 'job_wait mail': 'ok 1' },
  },
  {
    name: 'a processor in a process of its own',
    run: ({ work }) =>
      work(resolve('test/recorders/jobs/sandboxed.cjs'), [
        ['fine', { id: 'a' }],
        ['broken', { id: 'b' }],
      ]),
    recorded: { 'job mail/fine': 'ok 1', 'job mail/broken': 'failed 1', 'job_wait mail': 'ok 2' },
  },
]

for (const name of ['bullmq', 'bullmq5', 'bullmq50']) {
  describe(`bullmq ${versionOf(name)}`, { skip }, () => {
    const seen = new Map<string, readonly string[]>()

    for (const exercise of exercises) {
      test(exercise.name, () =>
        recorded(async (reading) => {
          seen.set(exercise.name, await traced(exercise, required<Bullmq>(name)))
          assert.deepEqual(jobsOf(reading), exercise.recorded)
        }),
      )
    }

    test('without the recorder the application sees the same', async () => {
      for (const exercise of exercises) {
        assert.deepEqual(
          seen.get(exercise.name),
          await traced(exercise, required<Bullmq>(name)),
          exercise.name,
        )
      }
    })

    test('the wait is from when a job was ready to its first attempt', () =>
      recorded(async (reading) => {
        const jobs = await work(required(name), async () => {}, [
          ['now', { id: 'a' }],
          ['later', { id: 'b' }, { delay: 30 }],
        ])
        const waits = jobs.map((job) => job.processedOn - job.timestamp - (job.name === 'later' ? 30 : 0))
        const { sumMs } = reading.counts().get('job_wait mail')!
        assert.equal(
          sumMs,
          waits.reduce((sum, ms) => sum + Math.max(0, ms), 0),
        )
      }))

    test('60 concurrent jobs: what runs in a job belongs to it', () =>
      recorded(async (reading) => {
        const { ledger } = reading
        const scopes = new Set<unknown>()
        const places: Record<string, number> = {}
        const processor: Processor = async ({ data }) => {
          const scope = ledger.scopes.getStore()
          scopes.add(scope)
          for (let i = 0; i < 3; i++) {
            await ledger
              .operation('database', 'query')
              .track(() => new Promise((done) => setTimeout(done, Number(data.id) % 7)))
            const place = scope !== undefined && ledger.scopes.getStore() === scope ? 'right' : 'wrong'
            places[place] = (places[place] ?? 0) + 1
          }
        }
        const jobs = Array.from({ length: 60 }, (_, i) => ['many', { id: `${i}` }] as const)
        await work(required(name), processor, jobs, { concurrency: 60 })
        assert.deepEqual(places, { right: 180 })
        assert.equal(scopes.size, 60)
        const counts = reading.counts().get('job mail/many')!
        assert.equal(counts.ok, 60)
        assert.equal(counts.breakdown?.get('database')?.calls, 180)
        assert.equal(ledger.loop.inFlight, 0)
      }))

    test('the recorder reports what it watches', () =>
      recorded(async (reading) => {
        required(name)
        const reports = reading.ledger.announced.flatMap((each) =>
          each.kind === 'recorder' ? [each.report] : [],
        )
        const mine = reports.find(
          ({ library, version }) => library === 'bullmq' && version === versionOf(name),
        )
        assert.deepEqual([mine?.state, mine?.how], ['attached', 'patch'])
      }))
  })
}

async function recorded(run: (reading: Reading) => Promise<void>): Promise<void> {
  const reading = new Reading()
  const attached = recorders().map((recorder) => recorder.attach(reading.ledger))
  try {
    await run(reading)
    assert.deepEqual(reading.errors, [])
  } finally {
    for (const detach of attached) detach()
  }
}

/** Without the commands to Redis that the library needs for itself. */
function jobsOf(reading: Reading): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(reading.outcomes()).filter(([key]) => key.startsWith('job')))
}

async function traced(exercise: Exercise, library: Bullmq): Promise<readonly string[]> {
  const told: string[] = []
  const say = (what: unknown): void => void told.push(JSON.stringify(what))
  await exercise.run({ library, say, work: (processor, jobs) => work(library, processor, jobs, { say }) })
  return told.sort()
}

async function work(
  library: Bullmq,
  processor: Processor | string,
  jobs: readonly Added[],
  { concurrency = 1, say = () => {} }: { concurrency?: number; say?: (what: unknown) => void } = {},
): Promise<readonly Job[]> {
  const connection = { host: '127.0.0.1', port: server.port }
  const queue = new library.Queue('mail', { connection })
  const kept = { removeOnComplete: true, removeOnFail: true }
  for (const [name, data, options] of jobs) await queue.add(name, data, { ...kept, ...options })
  const ended: Job[] = []
  const worker = new library.Worker('mail', processor, { connection, concurrency })
  worker.on('error', (error: Error) => say(['error', error.message]))
  worker.on('completed', (job: Job, result: unknown) => {
    say(['completed', job.name, result, job.attemptsMade])
    ended.push(job)
  })
  worker.on('failed', (job: Job, error: Error) => {
    say(['failed', job.name, String(error), job.attemptsMade])
    const { attempts = 1 } = job.opts
    if (error.name === 'UnrecoverableError' || job.attemptsMade >= attempts) ended.push(job)
  })
  await until('all jobs are done', () => ended.length === jobs.length)
  await Promise.all([worker.close(), queue.close()])
  return ended
}
