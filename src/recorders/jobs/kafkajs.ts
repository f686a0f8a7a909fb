import { systemClock } from '../../ground/clock.ts'
import { SafeMap, SafeSet } from '../../ground/safe-map.ts'
import type { Operation } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import { Destinations } from '../external/destinations.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { override } from '../libraries/override.ts'
import { type Attempt, Attempts } from './attempts.ts'

/** The types of errors that say that somebody else may get the message now: nobody has failed. */
const PUT_OFF: ReadonlySet<string> = new SafeSet([
  'REBALANCE_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
  'ILLEGAL_GENERATION',
])
/** In place of a topic, where one call sends to more than one. */
const SEVERAL = '(several)'

type Method = (this: unknown, ...given: unknown[]) => unknown

interface Message {
  /** Numbers as text; the time is ms since 1970, or −1. */
  readonly offset: string
  readonly timestamp: string
}
interface OneMessage {
  readonly topic: string
  readonly partition: number
  readonly message: Message
}
interface Batch {
  readonly topic: string
  readonly partition: number
  readonly messages: readonly Message[]
}
interface Running {
  readonly eachMessage?: Method
  readonly eachBatch?: Method
}
interface Producer {
  readonly send: Method
  readonly sendBatch: Method
  readonly transaction?: Method
}

/**
 * Messages that consumers of `kafkajs` are given, each call of `eachMessage` or `eachBatch` to what comes of it, by topic
 * and group: `job` / `orders/billing`. How long one lay in its topic before the first attempt is in `job_wait`. What
 * producers send is `external`, by topic: `send orders`, until the brokers have it.
 */
export function kafkajs(): Recorder {
  return library({
    name: 'kafkajs',
    versions: { kafkajs: '>=2.0 <2.3' },
    files: { 'kafkajs/src/index.js': watch },
  })
}

/** Both are objects that a method of the client makes: nothing of theirs is to be put back, or it would be kept. */
function watch(exports: { readonly prototype: object }, instrument: Instrument): void {
  instrument.replace(exports.prototype, 'consumer', (original) => {
    const attempts = new Attempts(instrument)
    return function consumer(this: unknown, ...given: unknown[]): unknown {
      const made = original.apply(this, given) as { readonly run: Method }
      instrument.safely(() => {
        const { groupId } = given[0] as { readonly groupId: string }
        watchConsumer(made, new Group(groupId, attempts), instrument)
      })
      return made
    } as typeof original
  })
  instrument.replace(exports.prototype, 'producer', (original) => {
    const destinations = new Destinations(instrument.ledger)
    return function producer(this: unknown, ...given: unknown[]): unknown {
      const made = original.apply(this, given) as Producer
      instrument.safely(() => watchProducer(made, destinations, instrument))
      return made
    } as typeof original
  })
}

function watchConsumer(consumer: { readonly run: Method }, group: Group, instrument: Instrument): void {
  const attempted = (handler: Method, begin: (given: never) => Attempt): Method =>
    function (this: unknown, ...given) {
      const attempt = instrument.safely(() => begin(given[0] as never))
      if (attempt === undefined) return handler.apply(this, given)
      return group.attempts.run(attempt, () => handler.apply(this, given), isPutOff)
    }
  const oneOf = ({ topic, partition, message }: OneMessage) => group.begin(topic, partition, [message])
  const batchOf = ({ batch }: { readonly batch: Batch }) =>
    group.begin(batch.topic, batch.partition, batch.messages)
  override(consumer, 'run', (run) => {
    return function (this: unknown, ...given) {
      const options = instrument.safely(() => {
        const asked = (given[0] ?? {}) as Running
        const { eachMessage, eachBatch } = asked
        // Whatever else it is or has, it goes on to have.
        return Object.create(asked, {
          ...(typeof eachMessage === 'function' && { eachMessage: { value: attempted(eachMessage, oneOf) } }),
          ...(typeof eachBatch === 'function' && { eachBatch: { value: attempted(eachBatch, batchOf) } }),
        }) as Running
      })
      return run.apply(
        this,
        options === undefined || given[0] === null ? given : [options, ...given.slice(1)],
      )
    }
  })
}

function isPutOff(error: unknown): boolean {
  return PUT_OFF.has((error as { readonly type?: string } | undefined)?.type ?? '')
}

/** What one consumer has begun. A message that failed is given again, from the same offset. */
class Group {
  readonly attempts: Attempts
  readonly #name: string
  readonly #topics = new SafeMap<string, { readonly wait: string; readonly begun: SafeMap<number, number> }>()

  constructor(name: string, attempts: Attempts) {
    this.#name = name
    this.attempts = attempts
  }

  begin(topic: string, partition: number, messages: readonly Message[]): Attempt {
    const { wait, begun } = this.#topic(topic)
    const [first, last] = [messages[0], messages.at(-1)]
    if (first !== undefined && Number(first.offset) > (begun.get(partition) ?? -1)) {
      begun.set(partition, Number(last?.offset))
      if (Number(first.timestamp) >= 0)
        this.attempts.waited(wait, systemClock.wallMs() - Number(first.timestamp))
    }
    return this.attempts.begin(topic, this.#name)
  }

  #topic(topic: string): { readonly wait: string; readonly begun: SafeMap<number, number> } {
    const known = this.#topics.get(topic)
    if (known !== undefined) return known
    const opened = { wait: `${topic}/${this.#name}`, begun: new SafeMap<number, number>() }
    this.#topics.set(topic, opened)
    return opened
  }
}

/** Of a transaction only what is sent in it. */
function watchProducer(producer: Producer, destinations: Destinations, instrument: Instrument): void {
  const sending = (topicOf: (given: never) => unknown) => (original: Method) => {
    const operationOf = (_self: unknown, [given]: readonly unknown[]): Operation | undefined => {
      // Without a topic it is refused, and nothing is sent.
      const topic = topicOf((given ?? {}) as never)
      return typeof topic === 'string' ? destinations.find('send', topic) : undefined
    }
    return function (this: unknown, ...given: unknown[]): unknown {
      const timing = instrument.start(operationOf, this, given)
      if (timing === undefined) return original.apply(this, given)
      return instrument.run(timing, original as never, this, given)
    }
  }
  override(
    producer,
    'send',
    sending(({ topic }: { readonly topic?: unknown }) => topic),
  )
  override(producer, 'sendBatch', sending(topicOfBatch))
  if (producer.transaction === undefined) return
  override(producer as Required<Producer>, 'transaction', (original) => {
    return async function (this: unknown, ...given) {
      const begun = (await original.apply(this, given)) as Producer
      instrument.safely(() => watchProducer(begun, destinations, instrument))
      return begun
    }
  })
}

function topicOfBatch({ topicMessages }: { readonly topicMessages?: unknown }): unknown {
  if (!Array.isArray(topicMessages)) return undefined
  const topics = new Set(topicMessages.map((each: { readonly topic?: unknown } | null) => each?.topic))
  return topics.size > 1 ? SEVERAL : [...topics][0]
}
