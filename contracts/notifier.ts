import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Notice } from '../src/alerts/notice.ts'
import { Delivery, DeliveryError, type Notifier } from '../src/engine/delivery.ts'
import type { Clock } from '../src/ground/clock.ts'
import { httpReceiver } from './notifier/http-receiver.ts'
import { HOSTILE, NOON_MS, NOTICES, noticeOf } from './notifier/notices.ts'
import type { Received, Receiver } from './notifier/receiver.ts'
import { holdsNoSecret, SECRETS } from './notifier/secrets.ts'
import { smtpReceiver } from './notifier/smtp-receiver.ts'
import { until } from './recorder/until.ts'
import { SteppedClock } from './stepped-clock.ts'

/** A notifier to be put to the test. */
export interface NotifierSubject {
  readonly name: string
  /** What it sends to; an HTTP receiver says yes with this status and body. */
  readonly receiver:
    | { readonly kind: 'http'; readonly status: number; readonly body: string }
    | { readonly kind: 'smtp' }
  /** Opens the notifier so that it sends to the port on 127.0.0.1, and hides the given secrets wherever it can. */
  readonly open: (at: {
    readonly port: number
    readonly clock: Clock
    readonly secrets: typeof SECRETS
  }) => Promise<Notifier>
  /** How many messages a notice makes. */
  readonly messages: (notice: Notice) => number
  /** Fails unless what came in is well formed for its medium and holds hostile names as plain characters. */
  readonly inert: (received: Received) => void | Promise<void>
  /** By what the receiver knows that it has had this one before. */
  readonly identity: (received: Received) => unknown
}

// Whether another attempt can help. In SMTP each has its counterpart.
const STATUSES: readonly (readonly [status: number, retryable: boolean])[] = [
  [400, false],
  [401, false],
  [403, false],
  [429, true],
  [500, true],
  [503, true],
]

const HTTP_STATUSES: readonly (readonly [status: number, retryable: boolean])[] = [
  [302, false],
  [307, false],
  [404, false],
  [408, true],
  [410, false],
  [413, false],
  [502, true],
  [504, true],
]

/**
 * What every notifier promises, as tests of `node:test`.
 *
 * @example
 * notifierContract({ name: 'webhook', receiver: { kind: 'http', status: 200, body: '' }, open, … })
 */
export function notifierContract(subject: NotifierSubject): void {
  const overHttp = subject.receiver.kind === 'http'

  interface Place {
    readonly clock: SteppedClock
    readonly receiver: Receiver
    readonly notifier: Notifier
  }

  async function at(use: (place: Place) => Promise<void>): Promise<void> {
    const clock = new SteppedClock(NOON_MS)
    const { receiver: kind } = subject
    const receiver = kind.kind === 'http' ? await httpReceiver(kind) : await smtpReceiver()
    const secrets = SECRETS
    try {
      await use({ clock, receiver, notifier: await subject.open({ port: receiver.port, clock, secrets }) })
    } finally {
      await receiver.close()
    }
  }

  async function failure(notifier: Notifier, signal = new AbortController().signal): Promise<DeliveryError> {
    try {
      await notifier.deliver(noticeOf(), signal)
    } catch (error) {
      assert.ok(error instanceof DeliveryError, `expected a DeliveryError, got ${String(error)}`)
      holdsNoSecret(error)
      return error
    }
    throw new assert.AssertionError({ message: 'the delivery succeeded' })
  }

  describe(`notifier contract: ${subject.name}`, () => {
    for (const [name, notice] of Object.entries(NOTICES)) {
      test(`a notice that is ${name} arrives, well formed`, () =>
        at(async ({ receiver, notifier }) => {
          await notifier.deliver(notice, new AbortController().signal)
          assert.equal(receiver.received.length, subject.messages(notice))
          for (const received of receiver.received) await subject.inert(received)
        }))
    }

    test('a notice that is sent again can be known again, and no other is taken for it', () =>
      at(async ({ receiver, notifier }) => {
        for (const notice of [noticeOf(), noticeOf(), NOTICES.warning!]) {
          await notifier.deliver(notice, new AbortController().signal)
        }
        const [first, again, other] = await Promise.all(receiver.received.map(subject.identity))
        assert.ok(first !== undefined)
        assert.deepEqual(again, first)
        assert.notDeepEqual(other, first)
      }))

    for (const [status, retryable] of overHttp ? [...STATUSES, ...HTTP_STATUSES] : STATUSES) {
      test(`${status} is ${retryable ? 'tried again' : 'final'}`, () =>
        at(async ({ receiver, notifier }) => {
          receiver.manner = { kind: 'refuse', status }
          const error = await failure(notifier)
          assert.equal(error.retryable, retryable, error.message)
          if (overHttp) assert.match(error.message, new RegExp(`\\b${status}\\b`))
          assert.ok(error.message.length < 300)
          if (overHttp) assert.equal(receiver.received.length, 1, 'a redirect is not followed')
        }))
    }

    if (overHttp) {
      const headers: readonly (readonly [header: string, waitMs: number | undefined])[] = [
        ['30', 30_000],
        ['0', 0],
        [new Date(NOON_MS + 45_000).toUTCString(), 45_000],
        [new Date(NOON_MS - 45_000).toUTCString(), 0],
        ['99999999999', 3_600_000],
        ['soon', undefined],
        ['-5', undefined],
        ['', undefined],
      ]
      for (const [retryAfter, waitMs] of headers) {
        test(`Retry-After: ${retryAfter} is ${waitMs === undefined ? 'not understood' : `${waitMs} ms`}`, () =>
          at(async ({ receiver, notifier }) => {
            receiver.manner = { kind: 'refuse', status: 429, retryAfter }
            assert.equal((await failure(notifier)).retryAfterMs, waitMs)
          }))
      }

      test('a refusal whose body trickles in is still a refusal', () =>
        at(async ({ receiver, notifier }) => {
          receiver.manner = { kind: 'trickle', status: 400 }
          assert.equal((await failure(notifier)).retryable, false)
        }))
    }

    for (const kind of ['reset', 'garbage'] as const) {
      test(`a receiver that answers with a ${kind} is tried again`, () =>
        at(async ({ receiver, notifier }) => {
          receiver.manner = { kind }
          assert.equal((await failure(notifier)).retryable, true)
        }))
    }

    test('a receiver that is not there is tried again', () =>
      at(async ({ clock }) => {
        const gone = await httpReceiver({ status: 200, body: '' })
        await gone.close()
        const error = await failure(await subject.open({ port: gone.port, clock, secrets: SECRETS }))
        assert.equal(error.retryable, true)
        assert.match(error.message, /127\.0\.0\.1.*ECONNREFUSED/)
      }))

    test('one that hangs is left when the signal says so, at once when it had said so before', () =>
      at(async ({ receiver, notifier }) => {
        receiver.manner = { kind: 'hang' }
        const controller = new AbortController()
        const failing = failure(notifier, controller.signal)
        if (overHttp) await until('it was asked', () => receiver.received.length > 0)
        controller.abort()
        assert.equal((await failing).retryable, true)
        assert.equal((await failure(notifier, controller.signal)).retryable, true)
      }))

    test('one whose yes trickles in for ever ends in a yes, or with the signal', () =>
      at(async ({ receiver, notifier }) => {
        receiver.manner = { kind: 'trickle', status: 200 }
        const controller = new AbortController()
        const ended = notifier.deliver(noticeOf(), controller.signal).then(
          () => undefined,
          (error: unknown) => error as DeliveryError,
        )
        if (overHttp) await until('it was asked', () => receiver.received.length > 0)
        await new Promise((resolve) => setImmediate(resolve))
        controller.abort()
        const error = await ended
        if (error !== undefined) assert.equal(error.retryable, true, error.message)
      }))

    test('neither the notifier nor what the delivery tells of it shows a secret', () =>
      at(async ({ clock, receiver, notifier }) => {
        holdsNoSecret(notifier)
        const told: unknown[] = []
        const delivery = new Delivery({
          clock,
          notifiers: [notifier],
          onOutcome: (outcome) => told.push(outcome),
          limits: { giveUpMs: 0 },
        })
        for (const status of [401, 500]) {
          receiver.manner = { kind: 'refuse', status }
          delivery.push(notifier.name, noticeOf({ id: `n-${status}` }))
          delivery.drain()
          await delivery.settled()
          clock.step(60_000)
        }
        assert.equal(delivery.deadLetters.length, 2)
        for (const thing of [told, delivery.state, delivery.deadLetters, delivery]) holdsNoSecret(thing)
      }))

    test('by the delivery a test notice gets through, and one that hangs holds up nobody', () =>
      at(async ({ clock, receiver, notifier }) => {
        const heard: Notice[] = []
        const other: Notifier = {
          name: 'other',
          deliver: async (notice) => {
            heard.push(notice)
          },
        }
        const delivery = new Delivery({ clock, notifiers: [notifier, other] })
        await delivery.test(notifier.name, { service: 'shop' })
        assert.ok(receiver.received.length > 0)
        receiver.manner = { kind: 'hang' }
        for (const name of delivery.names) delivery.push(name, noticeOf())
        delivery.drain()
        await until('the other one has it', () => heard.length === 1)
        clock.step(10_000)
        delivery.drain()
        await delivery.settled()
        const [state] = delivery.state
        assert.equal(state!.queued, 1)
        assert.match(state!.lastError!.message, /no answer/)
      }))
  })
}

/** That the text holds the hostile name's characters, and none that ends a line or turns it round. */
export function holdsHostileText(text: string): void {
  assert.ok(text.includes('<!channel> *bold* _it_ ~st~ `co` | [a](http://evil.example)'), text)
  for (const character of ['\r', '\u2028', '\u202e']) assert.ok(!text.includes(character))
  assert.ok(HOSTILE.includes('\u202e'))
}
