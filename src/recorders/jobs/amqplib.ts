import { SafeMap } from '../../ground/safe-map.ts'
import type { Operation } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import { Destinations } from '../external/destinations.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { type Attempt, Attempts } from './attempts.ts'

/** Names that brokers make up without end: of a consumer's own queue, of a place for replies. */
const MADE_UP = /^(?:amq\..*)?$/
const GENERATED = '(generated)'
const ALL = '(all)'
/** The most that a channel can ask for at once (`prefetch`); of what is given beyond it, nobody waits for the answer. */
const UNANSWERED = 65_535
const EXCHANGE = 0
const ROUTING_KEY = 1
const CONFIRMED = 4

type Method = (this: unknown, ...given: unknown[]) => unknown

interface Message {
  readonly fields: { readonly deliveryTag: number }
}

/** What a consumer was told to take from. */
interface Source {
  readonly channel: object
  readonly queue: string
  readonly noAck: boolean
  /** Whether it is taken by an `async` function. */
  readonly isAsync: boolean
}

interface Channels {
  readonly Channel: { readonly prototype: object }
  readonly ConfirmChannel: { readonly prototype: object }
}

/**
 * What consumers of `amqplib` (RabbitMQ) are given, from the call of their function to their answer, by queue: `job` /
 * `mail`. It has failed where it is not acknowledged: refused, or left when the channel closes. Without acknowledgements
 * (`noAck`) it ends when the function is done. What is published over a confirm channel with a callback is `external`, by
 * exchange or queue, until the broker has it, and so is the wait for the rest.
 */
export function amqplib(): Recorder {
  let deliveries: Deliveries | undefined
  const made = (instrument: Instrument): Deliveries => {
    deliveries ??= new Deliveries(instrument)
    return deliveries
  }
  const watch = ({ Channel, ConfirmChannel }: Channels, instrument: Instrument): void => {
    made(instrument).watch(Channel.prototype)
    watchPublishing(ConfirmChannel.prototype, instrument)
  }
  return library({
    name: 'amqplib',
    versions: { amqplib: '>=0.10 <2.4' },
    files: {
      'amqplib/lib/channel.js': ({ Channel }: Channels, instrument) =>
        made(instrument).watchEnd(Channel.prototype),
      'amqplib/lib/channel_model.js': watch,
      'amqplib/lib/callback_model.js': watch,
    },
  })
}

class Deliveries {
  readonly #instrument: Instrument
  readonly #attempts: Attempts
  /** What each channel has been given and has not answered, by number, in the order of these. */
  readonly #open = new WeakMap<object, SafeMap<number, Attempt>>()

  constructor(instrument: Instrument) {
    this.#instrument = instrument
    this.#attempts = new Attempts(instrument)
  }

  watch(Channel: object): void {
    const deliveries = this
    this.#instrument.replace(Channel, 'consume', (original) => {
      return function (this: unknown, ...given: unknown[]): unknown {
        const [queue, consumer, options] = given as [
          unknown,
          Method,
          { readonly noAck?: unknown } | undefined,
        ]
        if (typeof consumer === 'function') {
          const source = {
            channel: this as object,
            queue: nameOf(queue),
            noAck: Boolean(options?.noAck),
            isAsync: consumer.constructor.name === 'AsyncFunction',
          }
          given[1] = function (this: unknown, ...delivered: unknown[]): unknown {
            return deliveries.#deliver(source, delivered, () => consumer.apply(this, delivered))
          }
        }
        return original.apply(this, given)
      } as typeof original
    })
    this.#watchAnswer(Channel, 'ack', true, true)
    this.#watchAnswer(Channel, 'nack', false, true)
    this.#watchAnswer(Channel, 'reject', false, false)
    this.#watchAnswer(Channel, 'ackAll', true)
    this.#watchAnswer(Channel, 'nackAll', false)
  }

  /** The broker gives to others what a channel leaves. */
  watchEnd(Channel: object): void {
    const deliveries = this
    this.#instrument.replace(Channel, 'toClosed', (original) => {
      return function (this: unknown, ...given: unknown[]): unknown {
        deliveries.#instrument.safely(() =>
          deliveries.#end(this as object, Number.POSITIVE_INFINITY, true, false),
        )
        return original.apply(this, given)
      } as typeof original
    })
  }

  /** @param upTo whether it can be told to answer all until that message; `undefined` for one that always does, for all */
  #watchAnswer(Channel: object, name: string, done: boolean, upTo?: boolean): void {
    const deliveries = this
    this.#instrument.replace(Channel, name, (original) => {
      return function (this: unknown, ...given: unknown[]): unknown {
        // Who answers over a channel that is closed is told so, and has not answered.
        const result = original.apply(this, given)
        deliveries.#instrument.safely(() => {
          const [message, all] = given as [Message, unknown]
          const tag = upTo === undefined ? Number.POSITIVE_INFINITY : tagOf(message)
          deliveries.#end(this as object, tag, upTo === undefined || (upTo && Boolean(all)), done)
        })
        return result
      } as typeof original
    })
  }

  /**
   * A promise that the function gives is left alone: nobody waits for it here, and whether somebody does elsewhere cannot
   * be known, so that to follow it would hide its rejection, or make one. An `async` function has given its own to nobody.
   */
  #deliver(source: Source, [given]: readonly unknown[], consume: () => unknown): unknown {
    const message = given as Message | null
    // `null` says that the consumer has been cancelled.
    const attempt =
      message === null ? undefined : this.#instrument.safely(() => this.#begin(source, tagOf(message)))
    if (attempt === undefined) return consume()
    if (source.noAck && source.isAsync) return this.#attempts.run(attempt, consume, () => false)
    let failed = true
    try {
      const result = this.#instrument.ledger.scopes.run(attempt.scope, consume)
      failed = false
      return result
    } finally {
      if (source.noAck) this.#attempts.end(attempt, failed)
      else if (failed) this.#instrument.safely(() => this.#end(source.channel, tagOf(message!), false, false))
    }
  }

  #begin({ channel, queue, noAck }: Source, tag: number): Attempt | undefined {
    if (noAck) return this.#attempts.begin(queue, '')
    const open = this.#open.get(channel) ?? new SafeMap<number, Attempt>()
    if (open.size >= UNANSWERED) {
      const error = `a channel has ${UNANSWERED} unanswered deliveries: further ones are not recorded`
      this.#instrument.ledger.swallow('amqplib', error)
      return undefined
    }
    const attempt = this.#attempts.begin(queue, '')
    this.#open.set(channel, open.set(tag, attempt))
    return attempt
  }

  #end(channel: object, tag: number, upTo: boolean, done: boolean): void {
    const open = this.#open.get(channel)
    for (const each of open === undefined ? [] : upTo ? open.keys() : [tag]) {
      if (each > tag) return
      const attempt = open!.get(each)
      open!.delete(each)
      if (attempt !== undefined) this.#attempts.end(attempt, !done)
    }
  }
}

/**
 * What nobody asks to be told of is only put into a buffer: there is nothing to time. No callback of ours is put where
 * there was none: the library tells by that what it still owes to whom.
 */
function watchPublishing(ConfirmChannel: object, instrument: Instrument): void {
  const destinations = new Destinations(instrument.ledger)
  // Not at once: who uses plain channels alone is recorded by nobody.
  const takesOn = (): void => instrument.ledger.takesOn('amqplib', 'amqplib publish')
  const operationOf = (_self: unknown, given: readonly unknown[]): Operation | undefined => {
    const { [EXCHANGE]: exchange, [ROUTING_KEY]: key, [CONFIRMED]: confirmed } = given
    if (typeof confirmed !== 'function') return undefined
    takesOn()
    return exchange === ''
      ? destinations.find('sendToQueue', String(key), nameOf)
      : destinations.find('publish', String(exchange))
  }
  instrument.replace(ConfirmChannel, 'publish', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const timing = instrument.start(operationOf, this, given)
      if (timing === undefined) return original.apply(this, given)
      given[CONFIRMED] = instrument.ending(timing, given[CONFIRMED] as never)
      return instrument.pass(timing, original, this, given)
    } as typeof original
  })
  instrument.time(ConfirmChannel, 'waitForConfirms', () => {
    takesOn()
    return destinations.find('waitForConfirms', ALL)
  })
}

function tagOf({ fields }: Message): number {
  return fields.deliveryTag
}

function nameOf(queue: unknown): string {
  const name = String(queue ?? '')
  return MADE_UP.test(name) ? GENERATED : name
}
