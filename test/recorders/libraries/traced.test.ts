import assert from 'node:assert/strict'
import { tracingChannel } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { Reading, said } from '../../../contracts/recorder/reading.ts'
import { Scope } from '../../../src/measure/scope.ts'
import { Instrument } from '../../../src/recorders/libraries/instrument.ts'
import { traced } from '../../../src/recorders/libraries/traced.ts'

interface Asked {
  readonly ask: string
}

/** As Node.js has it: the types know no callbacks with several arguments. */
interface Channel {
  readonly hasSubscribers: boolean
  traceSync(run: () => unknown, message: Asked): unknown
  tracePromise(run: () => Promise<unknown>, message: Asked): Promise<unknown>
  traceCallback(
    run: (...given: never[]) => unknown,
    at: number,
    message: Asked,
    self: unknown,
    ...given: unknown[]
  ): unknown
}

function subscribed(sync = false) {
  const reading = new Reading()
  const instrument = new Instrument('fake', reading.ledger)
  const channel = tracingChannel<unknown, object>('yardstick-test:ask') as unknown as Channel
  traced<Asked>(instrument, 'yardstick-test:ask', {
    sync,
    operationOf: ({ ask }) => (ask === 'nothing' ? undefined : reading.ledger.primitive('database', ask)),
  })
  return { reading, instrument, channel }
}

test('promises, callbacks, what throws at once, what is no operation', async () => {
  const { reading, instrument, channel } = subscribed()
  assert.equal(await channel.tracePromise(async () => 7, { ask: 'promise' }), 7)
  const refused = channel.tracePromise(async () => Promise.reject(new Error('no')), { ask: 'promise' })
  await assert.rejects(refused, /no/)
  const callback = (): string => 'called'
  const run = (...given: unknown[]): void => void (given.at(-1) as (error: Error | null) => void)(null)
  channel.traceCallback(run, -1, { ask: 'callback' }, undefined, callback)
  const throws = (): never => {
    throw new Error('at once')
  }
  assert.throws(() => channel.traceCallback(throws, -1, { ask: 'callback' }, undefined, callback), /at once/)
  await channel.tracePromise(async () => 7, { ask: 'nothing' })
  assert.deepEqual(reading.outcomes(), { 'database promise': said(1, 1), 'database callback': said(1, 1) })
  instrument.detach()
  assert.equal(channel.hasSubscribers, false)
})

test('a callback runs in the request of the caller, and its own time is no part of the operation', () => {
  const { reading, instrument, channel } = subscribed()
  const { scopes } = reading.ledger
  const [mine, other] = [new Scope(0), new Scope(0)]
  let call: () => void = () => {}
  const seen: unknown[] = []
  scopes.run(mine, () => {
    channel.traceCallback(
      (done: () => void) => {
        call = done
      },
      0,
      { ask: 'callback' },
      undefined,
      () => seen.push(scopes.getStore() === mine, reading.outcomes()),
    )
  })
  scopes.run(other, () => call())
  assert.deepEqual(seen, [true, { 'database callback': said(1) }])
  instrument.detach()
})

test('a synchronous function has done its work when it returns', () => {
  const { reading, instrument, channel } = subscribed(true)
  assert.equal(
    channel.traceSync(() => 7, { ask: 'sync' }),
    7,
  )
  assert.deepEqual(reading.outcomes(), { 'database sync': said(1) })
  instrument.detach()
})
