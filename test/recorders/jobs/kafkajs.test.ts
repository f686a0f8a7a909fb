import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Exercise, libraryContract } from '../../../contracts/library.ts'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { recorders } from '../../../src/recorders/table.ts'
import { noLibraries, required, versionOf } from '../libraries.ts'
import { type KafkaStandIn, kafkaStandIn } from '../servers/kafka-stand-in.ts'

interface Message {
  readonly value: Buffer
}
interface EachMessage {
  readonly topic: string
  readonly message: Message & { readonly offset: string }
  heartbeat(): Promise<void>
}
interface EachBatch {
  readonly batch: { readonly topic: string; readonly messages: readonly EachMessage['message'][] }
  resolveOffset(offset: string): void
}
interface Handlers {
  readonly eachMessage?: (this: unknown, ...given: [EachMessage]) => unknown
  readonly eachBatch?: (this: unknown, ...given: [EachBatch]) => unknown
  readonly partitionsConsumedConcurrently?: number
}
interface Consumer {
  connect(): Promise<void>
  disconnect(): Promise<void>
  subscribe(to: { readonly topics: readonly string[]; readonly fromBeginning: boolean }): Promise<void>
  run(handlers: Handlers): Promise<void>
  on(event: string, heard: (event: { readonly payload: { readonly error: Error } }) => void): void
}
interface Sender {
  send(...given: unknown[]): Promise<readonly { readonly topicName: string }[]>
  sendBatch(...given: unknown[]): Promise<readonly { readonly topicName: string }[]>
}
interface Producer extends Sender {
  connect(): Promise<void>
  disconnect(): Promise<void>
  transaction(): Promise<Sender & { commit(): Promise<void> }>
}
interface Kafkajs {
  readonly Kafka: new (
    options: object,
  ) => { producer(options?: object): Producer; consumer(options: object): Consumer }
  readonly KafkaJSNonRetriableError: new (message: string) => Error
}

/** What a client was told, by itself and by what it logs. */
type Say = (what: unknown) => void

let server: KafkaStandIn

class Client {
  readonly library: Kafkajs
  readonly producer: Producer
  readonly transactional: Producer
  readonly #kafka: InstanceType<Kafkajs['Kafka']>
  #logged: Say = () => {}

  constructor(library: Kafkajs) {
    this.library = library
    this.#kafka = new library.Kafka({
      brokers: [`127.0.0.1:${server.port}`],
      logLevel: 1,
      logCreator: () => (entry: { readonly log: { readonly message: string } }) =>
        this.#logged(entry.log.message),
      retry: { initialRetryTime: 2, retries: 4 },
    })
    this.producer = this.sender()
    this.transactional = this.#kafka.producer({ transactionalId: 'one', maxInFlightRequests: 1 })
  }

  sender(): Producer {
    return this.#kafka.producer()
  }

  async connect(): Promise<this> {
    await Promise.all([this.producer.connect(), this.transactional.connect()])
    return this
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.transactional.disconnect()])
  }

  /** Runs a consumer until that is so. */
  async consume(
    topics: readonly string[],
    handlers: Handlers,
    isDone: () => boolean,
    say: Say = () => {},
  ): Promise<void> {
    this.#logged = say
    const consumer = this.#kafka.consumer({ groupId: 'billing', maxWaitTimeInMs: 20, heartbeatInterval: 0 })
    consumer.on('consumer.crash', ({ payload }) => say(['crash', payload.error.name, payload.error.message]))
    await consumer.connect()
    await consumer.subscribe({ topics, fromBeginning: true })
    await consumer.run(handlers)
    await until('all is consumed', isDone)
    await consumer.disconnect()
    this.#logged = () => {}
  }
}

const messages = (...values: readonly string[]) => values.map((value) => ({ value }))
const refused = async (asked: Promise<unknown>, say: Say): Promise<void> => {
  await assert.rejects(asked, (error: Error) => {
    say([error.name, error.message])
    return true
  })
}

const exercises: readonly Exercise<Client>[] = [
  {
    name: 'messages, by promise and at once',
    run: async (client, say) => {
      const sent = await client.producer.send({ topic: 'orders', messages: messages('a', 'b', 'c') })
      say(sent.map(({ topicName }) => topicName))
      let times = 0
      const eachMessage: Handlers['eachMessage'] = function (...given) {
        const [{ topic, message }] = given
        times++
        say([topic, String(message.value), (this as object).constructor.name, given.length])
        return times === 1 ? new Promise((done) => setImmediate(done)) : undefined
      }
      await client.consume(['orders'], { eachMessage }, () => times === 3, say)
    },
    recorded: {
      'external send orders': 'ok 1',
      'job orders/billing': 'ok 3',
      'job_wait orders/billing': 'ok 3',
    },
  },
  {
    name: 'each attempt counts, and only the first has waited',
    run: async (client, say) => {
      await client.producer.send({ topic: 'orders', messages: messages('a', 'b') })
      let times = 0
      const eachMessage: Handlers['eachMessage'] = async ({ message }) => {
        say([String(message.value), ++times])
        if (times === 1) throw new Error('no database')
        if (times === 2) throw 'a text'
      }
      await client.consume(['orders'], { eachMessage }, () => times === 4, say)
    },
    recorded: {
      'external send orders': 'ok 1',
      'job orders/billing': 'ok 2, failed 2',
      'job_wait orders/billing': 'ok 2',
    },
  },
  {
    name: 'what ends the consumer',
    run: async (client, say) => {
      await client.producer.send({ topic: 'fatal', messages: messages('a') })
      let crashed = false
      const eachMessage: Handlers['eachMessage'] = () => {
        throw new client.library.KafkaJSNonRetriableError('never again')
      }
      const heard: Say = (what) => {
        say(what)
        if ((what as readonly unknown[])[0] === 'crash') crashed = true
      }
      await client.consume(['fatal'], { eachMessage }, () => crashed, heard)
    },
    recorded: {
      'external send fatal': 'ok 1',
      'job fatal/billing': 'failed 1',
      'job_wait fatal/billing': 'ok 1',
    },
  },
  {
    name: 'batches, of several topics sent at once',
    run: async (client, say) => {
      const topicMessages = ['bills', 'notes'].map((topic) => ({ topic, messages: messages('a', 'b') }))
      say((await client.producer.sendBatch({ topicMessages })).length)
      await client.producer.sendBatch({ topicMessages: topicMessages.slice(1) })
      const seen: string[] = []
      const eachBatch: Handlers['eachBatch'] = async ({ batch }) => {
        await Promise.resolve()
        for (const { value } of batch.messages) seen.push(`${batch.topic} ${value}`)
      }
      await client.consume(['bills', 'notes'], { eachBatch }, () => seen.length === 6)
      say(seen.sort())
    },
    recorded: {
      'external send (several)': 'ok 1',
      'external send notes': 'ok 1',
      'job bills/billing': 'ok 1',
      'job notes/billing': 'ok 1',
      'job_wait bills/billing': 'ok 1',
      'job_wait notes/billing': 'ok 1',
    },
  },
  {
    name: 'a batch that fails half-way goes on from there',
    run: async (client, say) => {
      await client.producer.send({ topic: 'bills', messages: messages('a', 'b') })
      let times = 0
      const eachBatch: Handlers['eachBatch'] = async ({ batch, resolveOffset }) => {
        say(batch.messages.map(({ value }) => String(value)))
        resolveOffset(batch.messages[0]!.offset)
        if (++times === 1) throw new Error('no database')
      }
      await client.consume(['bills'], { eachBatch }, () => times === 2, say)
    },
    recorded: {
      'external send bills': 'ok 1',
      'job bills/billing': 'ok 1, failed 1',
      'job_wait bills/billing': 'ok 1',
    },
  },
  {
    name: 'a message that is taken from it, as the group is arranged anew, has not failed',
    run: async (client, say) => {
      await client.producer.send({ topic: 'orders', messages: messages('a') })
      let times = 0
      const eachMessage: Handlers['eachMessage'] = async ({ heartbeat }) => {
        if (++times > 1) return
        server.rearrange()
        await heartbeat().catch((error: Error & { readonly type: string }) => {
          say(error.type)
          throw error
        })
      }
      await client.consume(['orders'], { eachMessage }, () => times === 2, say)
    },
    recorded: {
      'external send orders': 'ok 1',
      'job orders/billing': 'ok 2',
      'job_wait orders/billing': 'ok 1',
    },
  },
  {
    name: 'what is refused, by the brokers and by the library itself',
    run: async ({ producer }, say) => {
      await refused(producer.send({ topic: 'forbidden', messages: messages('a') }), say)
      await refused(producer.send({ topic: 'orders', messages: [{}] }), say)
      await refused(producer.send({ messages: messages('a') }), say)
      await refused(producer.send(), say)
      await refused(producer.sendBatch({ topicMessages: [null] }), say)
      await refused(producer.sendBatch({ topicMessages: 7 }), say)
    },
    recorded: { 'external send forbidden': 'failed 1', 'external send orders': 'failed 1' },
  },
  {
    name: 'a transaction',
    run: async ({ producer, transactional }, say) => {
      const transaction = await transactional.transaction()
      say((await transaction.send({ topic: 'moved', messages: messages('a') })).length)
      await transaction.commit()
      await refused(transaction.send({ topic: 'moved', messages: messages('b') }), say)
      await refused(producer.transaction(), say)
    },
    recorded: { 'external send moved': 'ok 1, failed 1' },
  },
]

const skip = noLibraries ?? false
if (skip === false) {
  before(async () => {
    server = await kafkaStandIn()
  })
  after(() => server.stop())
}

for (const name of ['kafkajs', 'kafkajs20']) {
  libraryContract<Client>({
    name: `kafkajs ${versionOf(name)}`,
    skip: noLibraries,
    component: 'external',
    open: () => new Client(required(name)).connect(),
    close: (client) => client.close(),
    exercises,
    ways: [
      {
        name: 'send',
        // One of its own: what a producer is recorded by was decided when it was made.
        ask: async (client, at) => {
          const producer = client.sender()
          await producer.connect()
          await producer.send({ topic: 'asked', messages: messages('a') })
          at('after the answer')
          await producer.disconnect()
        },
      },
    ],
    report: { library: 'kafkajs', state: 'attached', how: 'patch' },
  })

  test(`kafkajs ${versionOf(name)}: what runs in a message's handler belongs to it`, { skip }, () =>
    recorded(async ({ ledger, counts }) => {
      const client = await new Client(required(name)).connect()
      const topics = ['left', 'middle', 'right']
      const values = Array.from({ length: 20 }, (_, i) => `${i}`)
      for (const topic of topics) await client.producer.send({ topic, messages: messages(...values) })
      const scopes = new Set<unknown>()
      const places: Record<string, number> = {}
      const eachMessage: Handlers['eachMessage'] = async () => {
        const scope = ledger.scopes.getStore()
        scopes.add(scope)
        for (let i = 0; i < 3; i++) {
          await ledger.operation('database', 'query').track(() => new Promise((done) => setImmediate(done)))
          const place = scope !== undefined && ledger.scopes.getStore() === scope ? 'right' : 'wrong'
          places[place] = (places[place] ?? 0) + 1
        }
      }
      await client.consume(
        topics,
        { eachMessage, partitionsConsumedConcurrently: 3 },
        () => places.right === 180,
      )
      await client.close()
      assert.deepEqual(places, { right: 180 })
      assert.equal(scopes.size, 60)
      const calls = topics.map(
        (topic) => counts().get(`job ${topic}/billing`)?.breakdown?.get('database')?.calls,
      )
      assert.deepEqual(calls, [60, 60, 60])
      assert.equal(ledger.loop.inFlight, 0)
    }),
  )

  test(
    `kafkajs ${versionOf(name)}: the wait is from the message's time, which other clocks tell`,
    { skip },
    () =>
      recorded(async ({ counts }) => {
        const client = await new Client(required(name)).connect()
        let times = 0
        const eachMessage = (): void => void times++
        const at = (ms: number) => [{ value: 'a', timestamp: `${ms}` }]
        await client.producer.send({ topic: 'late', messages: at(Date.now() - 60_000) })
        await client.producer.send({ topic: 'early', messages: at(Date.now() + 60_000) })
        await client.consume(['late', 'early'], { eachMessage }, () => times === 2)
        await client.close()
        assert.ok(counts().get('job_wait late/billing')!.sumMs >= 60_000)
        assert.equal(counts().get('job_wait early/billing')!.sumMs, 0)
      }),
  )
}

for (const name of ['kafkajs', 'kafkajs20']) {
  test(`kafkajs ${versionOf(name)}: of what was made before the recorders, consumers are recorded and producers told of`, {
    skip,
  }, async () => {
    const client = await new Client(required(name)).connect()
    const values: string[] = []
    const eachMessage: Handlers['eachMessage'] = ({ message }) => void values.push(String(message.value))
    await client.producer.send({ topic: 'early', messages: messages('before') })
    const consumed = client.consume(['early'], { eachMessage }, () => values.length === 3)
    await until('the consumer runs', () => values.length === 1)
    await recorded(async ({ ledger, counts }) => {
      const reports = () =>
        ledger.announced.flatMap((each) =>
          each.kind === 'recorder' && each.report.detail !== undefined ? [each.report] : [],
        )
      const sends = () => ledger.records('kafkajs send')
      assert.equal(sends(), false)
      const made = client.sender()
      assert.equal(sends(), true)
      await made.connect()
      await made.send({ topic: 'early', messages: messages('made after') })
      await made.disconnect()
      assert.deepEqual(reports(), [])
      // In what descends from an operation that is over, as from one whose connection was opened in it.
      const over = ledger.operation('cache', 'get').start()
      over.end()
      await ledger.runInside(over, () =>
        client.producer.send({ topic: 'early', messages: messages('made before') }),
      )
      await consumed
      assert.deepEqual(values, ['before', 'made after', 'made before'])
      const done = [...counts()].map(([key, { ok }]) => [key, ok] as const).filter(([, ok]) => ok > 0)
      assert.deepEqual(Object.fromEntries(done), {
        'cache get': 1,
        'external send early': 1,
        'job early/billing': 2,
        'job_wait early/billing': 2,
      })
      const [report, ...more] = reports()
      assert.deepEqual([report?.name, report?.state, more], ['kafkajs', 'degraded', []])
      assert.match(report?.detail ?? '', /producers made before Yardstick was loaded/)
    })
    await client.close()
  })
}

async function recorded(
  run: (
    on: Pick<Reading, 'ledger'> & { readonly counts: () => ReturnType<Reading['counts']> },
  ) => Promise<void>,
): Promise<void> {
  const reading = new Reading()
  const attached = recorders().map((recorder) => recorder.attach(reading.ledger))
  try {
    await run({ ledger: reading.ledger, counts: () => reading.counts() })
    assert.deepEqual(reading.errors, [])
  } finally {
    for (const detach of attached) detach()
  }
}
