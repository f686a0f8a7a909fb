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
const TOO_EARLY = 'what is sent by producers made before Yardstick was loaded is not recorded'

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
interface Runner {
  readonly instrumentationEmitter: object
  readonly consumerGroup: { readonly groupId: string }
  eachMessage?: Method | null
  eachBatch?: Method | null
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
    files: {
      'kafkajs/src/index.js': watchClient,
      'kafkajs/src/consumer/runner.js': watchRunner,
      'kafkajs/src/broker/index.js': watchBroker,
    },
  })
}

/** A producer is an object of closures: nothing of it is to be put back, or it would be kept. */
function watchClient(exports: { readonly prototype: object }, instrument: Instrument): void {
  instrument.replace(exports.prototype, 'producer', (original) => {
    const destinations = new Destinations(instrument.ledger)
    return function producer(this: unknown, ...given: unknown[]): unknown {
      const made = original.apply(this, given) as Producer
      instrument.safely(() => {
        watchProducer(made, destinations, instrument)
        instrument.ledger.takesOn('kafkajs', 'kafkajs send')
      })
      return made
    } as typeof original
  })
}

/** What runs a consumer, by whose prototype those are reached that were made, or run already, before this was loaded. */
function watchRunner(exports: { readonly prototype: object }, instrument: Instrument): void {
  const attempts = new Attempts(instrument)
  const watched = new WeakSet<object>()
  /** By what a consumer keeps when it starts anew after a crash, with another runner. */
  const groups = new WeakMap<object, Group>()
  const watch = (runner: Runner): void => {
    if (watched.has(runner)) return
    watched.add(runner)
    const { instrumentationEmitter, consumerGroup, eachMessage, eachBatch } = runner
    const group = groups.get(instrumentationEmitter) ?? new Group(consumerGroup.groupId, attempts)
    groups.set(instrumentationEmitter, group)
    const attempted = (handler: Method, begin: (given: never) => Attempt): Method =>
      function (this: unknown, ...given) {
        const attempt = instrument.safely(() => begin(given[0] as never))
        if (attempt === undefined) return handler.apply(this, given)
        return attempts.run(attempt, () => handler.apply(this, given), isPutOff)
      }
    if (typeof eachMessage === 'function') {
      runner.eachMessage = attempted(eachMessage, ({ topic, partition, message }: OneMessage) =>
        group.begin(topic, partition, [message]),
      )
    }
    if (typeof eachBatch === 'function') {
      runner.eachBatch = attempted(eachBatch, ({ batch }: { readonly batch: Batch }) =>
        group.begin(batch.topic, batch.partition, batch.messages),
      )
    }
  }
  instrument.replace(exports.prototype, 'handleBatch', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      instrument.safely(() => watch(this as Runner))
      return original.apply(this, given)
    } as typeof original
  })
}

/** What is sent outside of a call of ours comes from a producer that was made before. */
function watchBroker(exports: { readonly prototype: object }, instrument: Instrument): void {
  const { ledger } = instrument
  let told = false
  instrument.replace(exports.prototype, 'produce', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      instrument.safely(() => {
        if (told || ledger.isInside()) return
        told = true
        ledger.report({ name: 'kafkajs', state: 'degraded', detail: TOO_EARLY })
      })
      return original.apply(this, given)
    } as typeof original
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
      return instrument.settled(timing, instrument.passInside(timing, original as never, this, given))
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
