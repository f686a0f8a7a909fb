import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Exercise, libraryContract } from '../../../contracts/library.ts'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { recorders } from '../../../src/recorders/table.ts'
import { noLibraries, required, versionOf } from '../libraries.ts'
import { hasRabbitmq, rabbitmqServer } from '../servers/rabbitmq.ts'
import type { TestServer } from '../servers/test-server.ts'

interface Message {
  readonly content: Buffer
}
type Consumer = (this: unknown, ...given: [Message | null]) => unknown
type Confirmed = (error: Error | null) => void
interface Channel extends NodeJS.EventEmitter {
  assertQueue(name: string, options?: object): Promise<{ readonly queue: string }>
  assertExchange(name: string, type: string, options?: object): Promise<unknown>
  deleteQueue(name: string): Promise<unknown>
  sendToQueue(queue: string, content: Buffer, options?: object, confirmed?: Confirmed): boolean
  publish(exchange: string, key: string, content: Buffer, options?: object, confirmed?: Confirmed): boolean
  consume(queue: string, consumer: Consumer, options?: object): Promise<unknown>
  get(queue: string): Promise<Message | false>
  waitForConfirms(): Promise<unknown>
  ack(message: Message, allUpTo?: boolean): void
  ackAll(): void
  nack(message: Message, allUpTo?: boolean, requeue?: boolean): void
  nackAll(requeue?: boolean): void
  reject(message: Message, requeue?: boolean): void
  close(): Promise<void>
}
interface Connection extends NodeJS.EventEmitter {
  createChannel(): Promise<Channel>
  createConfirmChannel(): Promise<Channel>
  close(): Promise<void>
}
interface Amqplib {
  connect(url: string): Promise<Connection>
}
interface CallbackApi {
  connect(
    url: string,
    connected: (
      error: Error | null,
      connection: {
        createConfirmChannel(made: (error: Error | null, channel: Channel) => void): void
        close(done: () => void): void
      },
    ) => void,
  ): void
}
interface Connected {
  readonly name: string
  readonly connection: Connection
  readonly channel: Channel
  readonly confirming: Channel
}

const skip = noLibraries ?? (hasRabbitmq ? undefined : 'RabbitMQ is not installed')
let server: TestServer
if (skip === undefined) {
  before(async () => {
    server = await rabbitmqServer()
  })
  after(() => server.stop())
}

const url = (): string => `amqp://127.0.0.1:${server.port}`

/** Sends what it is told to a new queue, and runs a consumer on a channel of its own until that is so. */
async function consume(
  { connection, channel }: Pick<Connected, 'connection' | 'channel'>,
  {
    queue = 'mail',
    send,
    options,
  }: { readonly queue?: string; readonly send: readonly string[]; readonly options?: object },
  consumer: (channel: Channel, ...given: [Message | null]) => unknown,
  isDone: () => boolean,
): Promise<void> {
  await channel.assertQueue(queue)
  for (const each of send) channel.sendToQueue(queue, Buffer.from(each))
  const own = await connection.createChannel()
  await own.consume(queue, (...given) => consumer(own, ...given), options)
  await until('all is consumed', isDone)
  await own.close()
  await channel.deleteQueue(queue)
}

const exercises: readonly Exercise<Connected>[] = [
  {
    name: 'deliveries that are acknowledged, at once and later',
    run: async (connected, say) => {
      const { connection, channel } = connected
      await channel.assertQueue('mail')
      for (const each of ['a', 'b']) channel.sendToQueue('mail', Buffer.from(each))
      const own = await connection.createChannel()
      let times = 0
      const consumer: Consumer = function (...given) {
        const [message] = given
        say([String(message!.content), this === undefined, given.length])
        if (String(message!.content) === 'a') own.ack(message!)
        else setImmediate(() => own.ack(message!))
        times++
        return 'ignored'
      }
      const answer = (await own.consume('mail', consumer)) as object
      await until('both have come', () => times === 2)
      // Not before: what is delivered may come with the answer, and then comes first.
      say(Object.keys(answer))
      await new Promise((done) => setImmediate(done))
      await own.close()
      say(await channel.deleteQueue('mail'))
    },
    recorded: { 'job mail': 'ok 2' },
  },
  {
    name: 'deliveries that are refused, and one that is given again',
    run: async (connected, say) => {
      let times = 0
      await consume(
        connected,
        { send: ['nack', 'reject', 'again'] },
        (channel, message) => {
          say(String(message!.content))
          times++
          if (times === 1) channel.nack(message!, false, false)
          else if (times === 2) channel.reject(message!, false)
          else if (times === 3) channel.reject(message!, true)
          else channel.ack(message!)
        },
        () => times === 4,
      )
    },
    recorded: { 'job mail': 'ok 1, failed 3' },
  },
  {
    name: 'several that are answered at once',
    run: async (connected) => {
      for (const answer of [
        (channel: Channel, last: Message) => channel.ack(last, true),
        (channel: Channel) => channel.ackAll(),
        (channel: Channel, last: Message) => channel.nack(last, true, false),
        (channel: Channel) => channel.nackAll(false),
      ]) {
        let times = 0
        await consume(
          connected,
          { send: ['a', 'b', 'c'] },
          (channel, message) => {
            if (++times === 3) answer(channel, message!)
          },
          () => times === 3,
        )
      }
    },
    recorded: { 'job mail': 'ok 6, failed 6' },
  },
  {
    name: 'without acknowledgements, and asked for one by one',
    run: async (connected, say) => {
      let times = 0
      const count = (): void => void times++
      await consume(connected, { send: ['a', 'b'], options: { noAck: true } }, count, () => times === 2)
      const { channel } = connected
      await channel.assertQueue('mail')
      channel.sendToQueue('mail', Buffer.from('c'))
      const message = await channel.get('mail')
      assert.ok(message)
      channel.ack(message)
      say(String(message.content))
      await channel.deleteQueue('mail')
    },
    recorded: { 'job mail': 'ok 2' },
  },
  {
    name: 'without acknowledgements, taken by an async function that fails, and is told once',
    run: async (connected, say) => {
      const others = process.listeners('unhandledRejection')
      process.removeAllListeners('unhandledRejection')
      const failure = new Error('no database')
      const told: unknown[] = []
      process.on('unhandledRejection', (error) => void told.push(error))
      const consumer = async (message: Message | null): Promise<void> => {
        await new Promise((done) => setImmediate(done))
        say(String(message!.content))
        if (String(message!.content) === 'b') throw failure
      }
      const own = await connected.connection.createChannel()
      await own.assertQueue('mail')
      for (const each of ['a', 'b']) own.sendToQueue('mail', Buffer.from(each))
      await own.consume('mail', consumer, { noAck: true })
      await until('it is told', () => told.length > 0)
      process.removeAllListeners('unhandledRejection')
      for (const each of others) process.on('unhandledRejection', each)
      say(told.map((error) => error === failure))
      // Before the queue is gone, of which it would be told.
      await own.close()
      await connected.channel.deleteQueue('mail')
    },
    recorded: { 'job mail': 'ok 1, failed 1' },
  },
  {
    name: 'a delivery that is left when the channel closes, and an answer that comes too late',
    run: async (connected, say) => {
      let left: Message | undefined
      let own: Channel | undefined
      await consume(
        connected,
        { send: ['a'] },
        (channel, message) => {
          own = channel
          left = message!
        },
        () => left !== undefined,
      )
      assert.throws(
        () => own!.ack(left!),
        (error: Error) => {
          say([error.name, error.message])
          return true
        },
      )
    },
    recorded: { 'job mail': 'failed 1' },
  },
  {
    name: 'a consumer that throws',
    run: async ({ name, channel }, say) => {
      await channel.assertQueue('mail')
      channel.sendToQueue('mail', Buffer.from('a'))
      const connection = await required<Amqplib>(name).connect(url())
      const thrown = new TypeError('thrown by a consumer')
      const closed = new Promise((done) => connection.on('close', done))
      connection.on('error', (error: Error) => say([error === thrown, error.name, error.message]))
      const own = await connection.createChannel()
      await own.consume('mail', () => {
        throw thrown
      })
      await closed
      await channel.deleteQueue('mail')
    },
    recorded: { 'job mail': 'failed 1' },
  },
  {
    name: 'a consumer that the broker cancels is given no job',
    run: async ({ channel, connection }, say) => {
      await channel.assertQueue('mail')
      const own = await connection.createChannel()
      const told = new Promise<Message | null>((resolve) => void own.consume('mail', resolve))
      await channel.deleteQueue('mail')
      say(await told)
      await own.close()
    },
    recorded: {},
  },
  {
    name: 'a queue whose name the broker makes up',
    run: async ({ channel, confirming }, say) => {
      const { queue } = await channel.assertQueue('', { exclusive: true })
      const told = new Promise<Message | null>(
        (resolve) => void channel.consume(queue, resolve, { noAck: true }),
      )
      confirming.sendToQueue(queue, Buffer.from('a'), {}, () => say('confirmed'))
      await told
      await confirming.waitForConfirms()
      await channel.deleteQueue(queue)
    },
    recorded: {
      'external sendToQueue (generated)': 'ok 1',
      'external waitForConfirms (all)': 'ok 1',
      'job (generated)': 'ok 1',
    },
  },
  {
    name: 'what is published and confirmed, and what the broker refuses',
    run: async ({ connection, channel }, say) => {
      const own = await connection.createConfirmChannel()
      own.on('error', (error: Error) => say(error.message))
      await channel.assertQueue('mail')
      await own.assertExchange('events', 'fanout')
      const confirmed = (place: string) => (error: Error | null) => say([place, error?.message ?? error])
      say(own.sendToQueue('mail', Buffer.from('a'), {}, confirmed('queue')))
      say(own.publish('events', 'key', Buffer.from('b'), undefined, confirmed('exchange')))
      own.sendToQueue('mail', Buffer.from('c'))
      say(await own.waitForConfirms())
      const closed = new Promise((done) => own.once('close', done))
      own.publish('nowhere', 'key', Buffer.from('d'), {}, confirmed('nowhere'))
      await closed
      await channel.deleteQueue('mail')
    },
    recorded: {
      'external sendToQueue mail': 'ok 1',
      'external waitForConfirms (all)': 'ok 1',
      'external publish events': 'ok 1',
      'external publish nowhere': 'failed 1',
    },
  },
  {
    name: 'by callbacks',
    run: async ({ name, channel: other }, say) => {
      let done = 0
      await new Promise<void>((resolve) => {
        required<CallbackApi>(`${name}/callback_api`).connect(url(), (_error, connection) => {
          connection.createConfirmChannel((_failed, channel) => {
            channel.assertQueue('mail')
            channel.consume('mail', (message) => {
              say(String(message!.content))
              channel.ack(message!)
              if (++done === 2) connection.close(resolve)
            })
            channel.sendToQueue('mail', Buffer.from('a'), {}, (refused) => {
              assert.equal(refused, null)
              if (++done === 2) connection.close(resolve)
            })
          })
        })
      })
      await other.deleteQueue('mail')
    },
    recorded: { 'job mail': 'ok 1', 'external sendToQueue mail': 'ok 1' },
  },
]

for (const name of ['amqplib', 'amqplib1', 'amqplib10']) {
  libraryContract<Connected>({
    name: `amqplib ${versionOf(name)}`,
    skip,
    component: 'external',
    open: async () => {
      const connection = await required<Amqplib>(name).connect(url())
      const channel = await connection.createChannel()
      const confirming = await connection.createConfirmChannel()
      await channel.assertQueue('asked')
      return { name, connection, channel, confirming }
    },
    close: ({ connection }) => connection.close(),
    exercises,
    ways: [
      {
        name: 'confirmed',
        ask: ({ confirming }, at) =>
          new Promise((done) => {
            confirming.sendToQueue('asked', Buffer.from('a'), {}, () => {
              at('confirmed')
              done()
            })
          }),
      },
    ],
    report: { library: 'amqplib', state: 'attached', how: 'patch' },
  })

  test(`amqplib ${versionOf(name)}: what runs for a delivery belongs to it`, {
    skip: skip ?? false,
  }, async () => {
    const reading = new Reading()
    const attached = recorders().map((recorder) => recorder.attach(reading.ledger))
    const { ledger } = reading
    const scopes = new Set<unknown>()
    const places: Record<string, number> = {}
    const work = async (channel: Channel, message: Message): Promise<void> => {
      const scope = ledger.scopes.getStore()
      scopes.add(scope)
      for (let i = 0; i < 3; i++) {
        await ledger.operation('database', 'query').track(() => new Promise((done) => setImmediate(done)))
        const place = scope !== undefined && ledger.scopes.getStore() === scope ? 'right' : 'wrong'
        places[place] = (places[place] ?? 0) + 1
      }
      channel.ack(message)
    }
    try {
      const connection = await required<Amqplib>(name).connect(url())
      const connected = { name, connection, channel: await connection.createChannel() }
      const send = Array.from({ length: 60 }, () => 'a')
      const consumer = (channel: Channel, message: Message | null) => work(channel, message!)
      await consume(connected, { queue: 'many', send }, consumer, () => places.right === 180)
      // On a plain channel, which the spans of a tracer know more of.
      assert.deepEqual([ledger.records('amqplib'), ledger.records('amqplib publish')], [true, false])
      const confirming = await connection.createConfirmChannel()
      confirming.publish('', 'nobody', Buffer.from('a'), {}, () => {})
      assert.equal(ledger.records('amqplib publish'), true)
      await connection.close()
      assert.deepEqual(places, { right: 180 })
      assert.equal(scopes.size, 60)
      const counts = reading.counts().get('job many')!
      assert.equal(counts.ok, 60)
      assert.equal(counts.breakdown?.get('database')?.calls, 180)
      assert.equal(ledger.loop.inFlight, 0)
      assert.deepEqual(reading.errors, [])
    } finally {
      for (const detach of attached) detach()
    }
  })
}
