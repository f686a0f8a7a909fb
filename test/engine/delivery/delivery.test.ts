import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertOf, evidenceOf, NOON_MS, noticeOf } from '../../../contracts/notifier/notices.ts'
import { DeliveryError } from '../../../src/engine/delivery.ts'
import { hanging, outOfOrder, refusing, stand } from './stand.ts'

test('notices arrive in order, at the next drain, each once although it comes twice', async () => {
  const { push, tick, receiver, delivery, outcomes } = stand()
  for (const id of ['1', '2', '1', '3']) push(id)
  assert.deepEqual(receiver.heard, [])
  await tick()
  assert.deepEqual(receiver.heard, ['1', '2', '3'])
  push('2')
  await tick()
  assert.deepEqual(receiver.heard, ['1', '2', '3'])
  const [state] = delivery.state
  assert.deepEqual([state!.delivered, state!.duplicates, state!.queued], [3, 2, 0])
  assert.deepEqual(
    outcomes.map(({ notice, result }) => [notice.id, result.kind]),
    [
      ['1', 'delivered'],
      ['2', 'delivered'],
      ['3', 'delivered'],
    ],
  )
})

test('one that hangs is left after ten seconds, and holds up nobody meanwhile', async () => {
  const { push, tick, receiver, other, delivery } = stand()
  let signal: AbortSignal | undefined
  receiver.answer = (_, given) => {
    signal = given
    return hanging()
  }
  push('1')
  delivery.push('email', noticeOf({ id: '1' }))
  await tick()
  assert.deepEqual(other.heard, ['1'])
  await tick(9_999)
  assert.equal(signal?.aborted, false)
  await tick(1)
  assert.equal(signal?.aborted, true)
  receiver.answer = async () => {}
  assert.equal(delivery.state[0]!.lastError?.message, 'no answer within 10 s')
  await tick(60_000)
  assert.deepEqual(receiver.heard, ['1'])
})

test('an attempt that was given up on and gets through late is not repeated', async () => {
  const { push, tick, receiver, delivery, outcomes } = stand()
  const answer = Promise.withResolvers<void>()
  receiver.answer = () => answer.promise
  push('1')
  await tick()
  await tick(10_000)
  answer.resolve()
  await tick(0)
  await tick(60_000)
  assert.deepEqual(receiver.heard, ['1'])
  assert.deepEqual([delivery.state[0]!.delivered, delivery.state[0]!.queued], [1, 0])
  assert.equal(outcomes.length, 1)
})

test('what is under way, or was, is not given up on unsent; what waited is, once', async () => {
  const { push, tick, receiver, delivery, outcomes } = stand()
  const dead = (): readonly string[] => delivery.deadLetters.map(({ notice }) => notice.id)
  const answer = Promise.withResolvers<void>()
  receiver.answer = () => answer.promise
  push('1')
  push('2')
  await tick()
  delivery.abandon()
  const letter = {
    notifier: 'slack',
    notice: noticeOf({ id: '1' }),
    atMs: NOON_MS,
    why: 'before',
    attempts: 1,
  }
  delivery.bury([letter])
  for (const id of ['1', '2', '2']) delivery.giveUp('slack', noticeOf({ id }), 'too old')
  assert.deepEqual(dead(), ['2'])
  answer.resolve()
  await tick(0)
  assert.deepEqual(
    outcomes.map(({ notice, result }) => [notice.id, result]),
    [
      ['2', { kind: 'dead', attempts: 0, why: 'too old' }],
      ['1', { kind: 'delivered', attempts: 1 }],
    ],
  )
  delivery.abandon()
  delivery.giveUp('slack', noticeOf({ id: '2' }), 'too old')
  assert.deepEqual(dead(), ['2'], 'as it may be told anew, so it is given up on anew')
})

test('waits ever longer with jitter, at most a minute, until the receiver is back', async () => {
  const { push, tick, receiver, clock } = stand()
  const attemptsMs: number[] = []
  receiver.answer = () => {
    attemptsMs.push(clock.monotonicMs())
    return outOfOrder()
  }
  push('1')
  for (let second = 0; second < 200; second++) await tick()
  const waitsMs = attemptsMs.slice(1).map((atMs, i) => atMs - attemptsMs[i]!)
  assert.deepEqual(waitsMs.slice(0, 7), [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  receiver.answer = async () => {}
  await tick(60_000)
  assert.deepEqual(receiver.heard, ['1'])
})

test('full jitter spreads the waits over the whole span', async () => {
  for (const [random, waitMs] of [
    [0, 0],
    [0.25, 500],
    [0.999, 1_998],
  ] as const) {
    const { push, tick, receiver } = stand({ random: () => random })
    receiver.answer = outOfOrder
    push('1')
    await tick()
    receiver.answer = async () => {}
    if (waitMs > 0) await tick(waitMs - 1)
    assert.deepEqual(receiver.heard, [], `${random}`)
    await tick(1)
    assert.deepEqual(receiver.heard, ['1'], `${random}`)
  }
})

test('Retry-After is waited for, and shown; an hour of it is no reason to give up', async () => {
  const { push, tick, receiver, delivery, clock } = stand()
  let retryAfterMs = 90_000
  receiver.answer = async () => {
    throw new DeliveryError('answered 429', { retryable: true, retryAfterMs })
  }
  push('1')
  await tick()
  receiver.answer = async () => {}
  assert.equal(delivery.state[0]!.nextAttemptMs, clock.wallMs() + 90_000)
  await tick(89_999)
  assert.deepEqual(receiver.heard, [])
  await tick(1)
  assert.deepEqual(receiver.heard, ['1'])
  assert.equal(delivery.state[0]!.nextAttemptMs, undefined)
  retryAfterMs = 3_600_000
  receiver.answer = async () => {
    throw new DeliveryError('answered 429', { retryable: true, retryAfterMs })
  }
  push('2')
  await tick()
  receiver.answer = async () => {}
  await tick(3_600_000)
  assert.deepEqual(receiver.heard, ['1', '2'])
})

test('the circuit opens after five failures in a row, lets one try, and closes with the first success', async () => {
  const { push, tick, receiver, delivery, clock } = stand()
  const circuit = () => delivery.state[0]!.circuit
  receiver.answer = outOfOrder
  push('1')
  push('2')
  for (let failures = 1; failures < 5; failures++) {
    await tick(60_000)
    assert.deepEqual(circuit(), { state: 'closed', failures })
  }
  await tick(60_000)
  const sinceMs = clock.wallMs()
  assert.deepEqual(circuit(), { state: 'open', failures: 5, reason: 'answered 503', sinceMs })
  receiver.answer = hanging
  await tick(60_000)
  assert.deepEqual(circuit(), { state: 'half_open', failures: 5, reason: 'answered 503', sinceMs })
  await tick(10_000)
  assert.deepEqual(circuit(), { state: 'open', failures: 6, reason: 'no answer within 10 s', sinceMs })
  receiver.answer = async () => {}
  await tick(60_000)
  assert.deepEqual(circuit(), { state: 'closed', failures: 0 })
  assert.deepEqual(receiver.heard, ['1', '2'])
})

test('what is refused for good is a dead letter at once; the next ones go on', async () => {
  const { push, tick, receiver, delivery, outcomes, clock } = stand()
  receiver.answer = (notice) => (notice.id === '1' ? refusing() : Promise.resolve())
  push('1')
  push('2')
  await tick()
  assert.deepEqual(receiver.heard, ['2'])
  const [letter] = delivery.deadLetters
  assert.deepEqual(
    [letter!.notifier, letter!.notice.id, letter!.why, letter!.attempts, letter!.atMs],
    ['slack', '1', 'answered 400', 1, clock.wallMs()],
  )
  assert.deepEqual(outcomes[0]!.result, { kind: 'dead', attempts: 1, why: 'answered 400' })
  assert.equal(delivery.state[0]!.dead, 1)
})

test('dead letters are tried again when asked, all or by id', async () => {
  const { push, tick, receiver, delivery } = stand()
  receiver.answer = refusing
  for (const id of ['1', '2', '3']) push(id)
  await tick()
  receiver.answer = async () => {}
  assert.equal(delivery.retry(['2', 'unknown']), 1)
  await tick()
  assert.deepEqual(receiver.heard, ['2'])
  assert.equal(delivery.retry(), 2)
  await tick()
  assert.deepEqual(receiver.heard, ['2', '1', '3'])
  assert.equal(delivery.retry(), 0)
})

test('after an hour of trying a notice is given up on', async () => {
  const { push, tick, receiver, delivery } = stand()
  receiver.answer = outOfOrder
  push('1')
  for (let minute = 0; minute < 59; minute++) await tick(60_000)
  assert.equal(delivery.deadLetters.length, 0)
  await tick(60_000)
  await tick(60_000)
  assert.equal(delivery.deadLetters[0]!.why, 'answered 503; tried for 1 h')
})

test('a full queue lets its oldest go, never the one under way; both bounds hold', async () => {
  const { push, tick, receiver, delivery } = stand({ limits: { queueLength: 3, deadLetters: 2 } })
  const answer = Promise.withResolvers<void>()
  receiver.answer = () => answer.promise
  push('1')
  await tick()
  for (const id of ['2', '3', '4', '5', '6']) push(id)
  const [state] = delivery.state
  assert.deepEqual([state!.queued, state!.dropped, state!.dead, state!.lost], [3, 3, 2, 1])
  assert.deepEqual(
    delivery.deadLetters.map(({ notice, why }) => [notice.id, why]),
    [
      ['3', 'the queue of 3 notices was full'],
      ['4', 'the queue of 3 notices was full'],
    ],
  )
  answer.resolve()
  await tick()
  assert.deepEqual(receiver.heard, ['1', '5', '6'])
})

test('all that happens in one second reaches a receiver that is in order', async () => {
  const { push, tick, receiver, delivery } = stand()
  const ids = Array.from({ length: 500 }, (_, n) => `${n}`)
  for (const id of ids) push(id)
  await tick()
  assert.deepEqual(receiver.heard, ids)
  assert.deepEqual(delivery.deadLetters, [])
})

test('a notice that another one has claimed is not delivered', async () => {
  const asked: unknown[] = []
  const { push, tick, receiver, delivery, outcomes } = stand({
    claim: async (delivered) => {
      asked.push(delivered)
      return delivered.noticeId !== '1'
    },
  })
  push('1')
  push('2')
  await tick()
  assert.deepEqual(receiver.heard, ['2'])
  assert.equal(delivery.state[0]!.claimedElsewhere, 1)
  assert.deepEqual(asked, [
    { noticeId: '1', notifier: 'slack' },
    { noticeId: '2', notifier: 'slack' },
  ])
  assert.deepEqual(outcomes[0]!.result, { kind: 'claimed_elsewhere' })
})

test('what another one has delivered is no dead letter, and waits no more; what is being sent goes on', async () => {
  const { push, tick, receiver, delivery } = stand()
  receiver.answer = refusing
  push('1')
  await tick()
  const answer = Promise.withResolvers<void>()
  receiver.answer = () => answer.promise
  for (const id of ['2', '3', '4']) push(id)
  await tick()
  for (const id of ['1', '2', '3', 'unknown']) delivery.deliveredElsewhere('slack', id)
  delivery.deliveredElsewhere('a notifier of theirs', '4')
  assert.deepEqual(delivery.deadLetters, [])
  assert.deepEqual([delivery.state[0]!.queued, delivery.state[0]!.claimedElsewhere], [2, 1])
  answer.resolve()
  await tick()
  assert.deepEqual(receiver.heard, ['2', '4'])
})

for (const [what, error] of [
  ['is refused', refusing],
  ['fails', outOfOrder],
] as const) {
  test(`what another one delivers while it is being sent, and ${what}, is not tried again and no dead letter`, async () => {
    const { push, tick, receiver, delivery, outcomes } = stand()
    const answer = Promise.withResolvers<void>()
    receiver.answer = () => answer.promise
    push('1')
    await tick()
    delivery.deliveredElsewhere('slack', '1')
    answer.resolve(error())
    await tick()
    receiver.answer = async () => {}
    push('2')
    await tick(60_000)
    assert.deepEqual(receiver.heard, ['2'])
    const [state] = delivery.state
    assert.deepEqual([state!.queued, state!.dead, state!.claimedElsewhere], [0, 0, 1])
    assert.deepEqual(
      outcomes.map(({ notice }) => notice.id),
      ['2'],
    )
  })
}

test('a claim that fails is tried again; one that hangs is left, and delivers nothing when it comes late', async () => {
  const late = Promise.withResolvers<boolean>()
  const claims: (() => Promise<boolean>)[] = [
    () => Promise.reject(new Error('store out of reach')),
    () => late.promise,
    async () => true,
  ]
  const { push, tick, receiver, delivery } = stand({ claim: () => claims.shift()!() })
  push('1')
  await tick()
  assert.match(delivery.state[0]!.lastError!.message, /could not be claimed: store out of reach/)
  await tick(60_000)
  await tick(10_000)
  late.resolve(true)
  await tick(0)
  assert.deepEqual(receiver.heard, [])
  await tick(60_000)
  assert.deepEqual(receiver.heard, ['1'])
})

test('nothing is sent while it is not allowed, also when that changes while the claim is made', async () => {
  let allowed = false
  const { push, tick, receiver, delivery } = stand({
    allowed: () => allowed,
    claim: async ({ noticeId }) => {
      if (noticeId === '2') allowed = false
      return true
    },
  })
  push('1')
  push('2')
  await tick()
  assert.deepEqual(receiver.heard, [])
  allowed = true
  await tick()
  assert.deepEqual(receiver.heard, ['1'])
  assert.equal(delivery.state[0]!.queued, 1)
  assert.equal(delivery.state[0]!.failed, 0)
})

test('what fires is refreshed once a minute, after the notices, not when nothing fires, and again after a failure', async () => {
  const { push, tick, receiver, delivery } = stand({}, true)
  const firing = { service: 'shop', alerts: [alertOf()] }
  push('1')
  delivery.firing(() => firing)
  for (let second = 0; second < 59; second++) {
    delivery.firing(() => firing)
    await tick()
  }
  assert.equal(receiver.refreshed.length, 0)
  await tick()
  assert.equal(receiver.refreshed.length, 1)
  receiver.answer = outOfOrder
  await tick(60_000)
  assert.equal(delivery.state[0]!.failed, 1)
  receiver.answer = async () => {}
  await tick(2_000)
  assert.equal(receiver.refreshed.length, 2)
  delivery.firing(() => ({ service: 'shop', alerts: [] }))
  await tick(600_000)
  assert.equal(receiver.refreshed.length, 2)
})

test('what fires is not even listed for a notifier that needs no reminding', () => {
  const { delivery } = stand()
  delivery.firing(() => assert.fail('it was listed'))
})

test('the time from breach to notice is measured', async () => {
  const { push, tick, delivery } = stand()
  const since = (beforeMs: number) => [alertOf({ evidence: evidenceOf({ sinceMs: NOON_MS - beforeMs }) })]
  push('1', { alerts: since(12_000) })
  push('2', { alerts: since(4_000) })
  push('3', { alerts: since(3_600_000), reason: 'repeated' })
  await tick(1_500)
  assert.deepEqual(delivery.state[0]!.breachToNotice, { lastMs: 5_500, maxMs: 13_500, count: 2 })
})

test('a test goes past the queue and tells why it failed', async () => {
  const { push, receiver, delivery, tick } = stand()
  receiver.answer = outOfOrder
  push('1')
  await tick()
  await assert.rejects(() => delivery.test('slack', { service: 'shop' }), /answered 503/)
  receiver.answer = async ({ reason, service }) => assert.deepEqual([reason, service], ['test', 'shop'])
  await delivery.test('slack', { service: 'shop' })
  assert.equal(receiver.heard.length, 1)
  await assert.rejects(() => delivery.test('slakc', { service: 'shop' }), /"slakc": known are slack, email/)
})

test('a notifier that throws at once, or something strange, and an outcome that nobody takes', async () => {
  const { push, tick, receiver, delivery } = stand({
    onOutcome: () => {
      throw new Error('no room')
    },
  })
  receiver.answer = () => {
    throw new Error('POST https://hooks.example/services/T0/hush failed')
  }
  push('1')
  await tick()
  assert.equal(delivery.state[0]!.lastError!.message, 'POST https://hooks.example/… failed')
  receiver.answer = async () => {}
  await tick(60_000)
  await tick(60_000)
  assert.deepEqual(receiver.heard, ['1'])
  assert.equal(delivery.state[0]!.lastError!.message, 'no room')
})
