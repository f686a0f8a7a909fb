import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { httpReceiver } from '../../../contracts/notifier/http-receiver.ts'
import type { Manner } from '../../../contracts/notifier/receiver.ts'
import { acknowledging, silencing } from '../../../src/alerts/commands.ts'
import type { AlertEvent } from '../../../src/alerts/event.ts'
import { alertDefaults } from '../../../src/alerts/options.ts'
import { DeliveryError, type Notifier } from '../../../src/engine/delivery.ts'
import { userHash } from '../../../src/measure/users.ts'
import { openNotifiers } from '../../../src/notifiers/open.ts'
import { FleetUnderTest, type Instance } from '../fleet/fleet-under-test.ts'

const alerts = { ...alertDefaults, graceMs: { ...alertDefaults.graceMs, afterStart: 0 } }
const DAY_MS = 86_400_000
const GOOD_MS = 10
/** 2.5 times the limit of the database. */
const BAD_MS = 62.5

/** As `docs/notifiers.md` has it, as far as it is looked at here. */
interface Body {
  readonly id: string
  readonly reason: string
  readonly severity: string
  readonly instance_only: boolean
  readonly alerts: readonly {
    readonly id: string
    readonly target: string
    readonly state: string
    readonly severity: string
    readonly evidence: {
      readonly ratio: number
      readonly operations: number
      readonly contributors: readonly { readonly series: string; readonly share: number }[]
      readonly slowest: {
        readonly series: string
        readonly duration_ms: number
        readonly breakdown: readonly object[]
      }
      readonly in_flight: number
      readonly users: number
    }
  }[]
}

interface Told {
  readonly notice: Body
  /** The second of the clock in which it came in. */
  readonly atMs: number
}

/** A fleet whose alerts go to a real webhook receiver on loopback. */
class Watched {
  readonly fleet: FleetUnderTest
  readonly #receiver: Awaited<ReturnType<typeof httpReceiver>>
  readonly #told: Told[] = []

  private constructor(t: TestContext, receiver: Awaited<ReturnType<typeof httpReceiver>>) {
    this.fleet = new FleetUnderTest(t)
    this.#receiver = receiver
  }

  static async open(t: TestContext): Promise<Watched> {
    const receiver = await httpReceiver({ status: 200, body: '' })
    t.after(() => receiver.close())
    return new Watched(t, receiver)
  }

  async join(name: string): Promise<Instance> {
    const url = `http://127.0.0.1:${this.#receiver.port}/hook`
    const notifiers = await openNotifiers(
      { ops: { kind: 'webhook', options: { url } } },
      { clock: this.fleet.clock },
    )
    return this.fleet.join(name, { alerts, notifiers })
  }

  /** What the receiver took, not what it refused. */
  get told(): readonly Told[] {
    return this.#told
  }

  get reasons(): readonly string[] {
    return this.#told.map(({ notice }) => notice.reason)
  }

  /** Every id that came in, refused or taken, in order, each once. */
  get ids(): readonly string[] {
    return [...new Set(this.#receiver.received.map(({ body }) => (JSON.parse(body) as Body).id))]
  }

  receives(manner: Manner): void {
    this.#receiver.manner = manner
  }

  /** Fifty operations a second, dealt out among those who record. */
  async seconds(count: number, durationMs: number, recorders: readonly Instance[]): Promise<void> {
    for (let second = 0; second < count; second++) {
      for (let i = 0; i < 50; i++) {
        recorders[i % recorders.length]!.ledger.operation('database', i % 5 === 0 ? 'rare' : 'often').record(
          durationMs,
        )
      }
      const before = this.#receiver.received.length
      await this.fleet.seconds(1)
      if (this.#receiver.manner.kind !== 'accept') continue
      const atMs = this.fleet.clock.wallMs()
      for (const { body } of this.#receiver.received.slice(before)) {
        this.#told.push({ notice: JSON.parse(body) as Body, atMs })
      }
    }
  }
}

async function events(instance: Instance): Promise<readonly AlertEvent[]> {
  return instance.engine.alerts.events({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })
}

async function typesOf(instance: Instance): Promise<readonly string[]> {
  return (await events(instance))
    .map(({ type }) => type)
    .filter((type) => ['pending', 'fired', 'escalated', 'resolved'].includes(type))
}

test('everything goes to 2.5 times its limit: CRITICAL within 15 s, once, with evidence; and resolved, once', async (t) => {
  const watched = await Watched.open(t)
  const a = await watched.join('a')
  await watched.seconds(120, GOOD_MS, [a])
  assert.deepEqual(watched.reasons, [])
  for (let user = 0; user < 40; user++) a.ledger.loop.userSeen(userHash(`user ${user}`, ''))
  for (let i = 0; i < 3; i++) a.ledger.loop.requestStarted(0)
  const slow = {
    ...{ series: 'GET /orders', durationMs: 900, failed: false, ownMs: 100 },
    breakdown: [{ component: 'database', calls: 12, wallMs: 800 }],
  }
  a.engine.accept({ kind: 'example', thread: 0, example: slow })
  const goodUntilMs = watched.fleet.clock.wallMs()
  await watched.seconds(60, BAD_MS, [a])
  assert.deepEqual(watched.reasons, ['fired'])
  const [{ notice, atMs }] = watched.told as [Told]
  assert.ok(atMs - goodUntilMs <= 15_000, `${atMs - goodUntilMs} ms`)
  const [alert] = notice.alerts
  assert.deepEqual([notice.severity, alert!.severity, alert!.target], ['CRITICAL', 'CRITICAL', 'database'])
  const { evidence } = alert!
  assert.ok(Math.abs(evidence.ratio - 2.5) < 0.05, String(evidence.ratio))
  assert.deepEqual(
    evidence.contributors.map(({ series, share }) => [series, share]),
    [
      ['often', 0.8],
      ['rare', 0.2],
    ],
  )
  assert.equal(evidence.in_flight, 3)
  assert.ok(Math.abs(evidence.users - 40) <= 2, String(evidence.users))
  assert.deepEqual([evidence.slowest.series, evidence.slowest.duration_ms], ['GET /orders', 900])
  assert.deepEqual(evidence.slowest.breakdown, [{ component: 'database', calls: 12, wall_ms: 800 }])
  assert.equal(evidence.operations, 3000)
  assert.ok(
    a.engine.snapshot.self.notifiers[0]!.breachToNotice !== undefined,
    'the delay is measured and shown',
  )

  await watched.seconds(240, GOOD_MS, [a])
  assert.deepEqual(watched.reasons, ['fired', 'resolved'])
  assert.deepEqual(await typesOf(a), ['pending', 'fired', 'resolved'])
  assert.equal(watched.told[1]!.notice.alerts[0]!.id, alert!.id)
})

test('a fleet tells within 25 s, and as often as one process does', async (t) => {
  const watched = await Watched.open(t)
  const members = [await watched.join('a'), await watched.join('b'), await watched.join('c')]
  await watched.seconds(70, GOOD_MS, members)
  const goodUntilMs = watched.fleet.clock.wallMs()
  // Examples come from all of them; a slow login is none of a slow database.
  const queries = { component: 'database', calls: 3, wallMs: 400 }
  const slow = { series: 'GET /orders', durationMs: 420, failed: false, breakdown: [queries], ownMs: 20 }
  const login = {
    ...{ series: 'POST /login', durationMs: 900, failed: false, ownMs: 100 },
    breakdown: [
      { component: 'authentication', calls: 1, wallMs: 799 },
      { component: 'database', calls: 1, wallMs: 1 },
    ],
  }
  members[1]!.engine.accept({ kind: 'example', thread: 0, example: slow })
  members[2]!.engine.accept({ kind: 'example', thread: 0, example: login })
  await watched.seconds(30, BAD_MS, members)
  assert.deepEqual(watched.reasons, ['fired'])
  const { slowest } = watched.told[0]!.notice.alerts[0]!.evidence
  assert.deepEqual([slowest.series, slowest.duration_ms], ['GET /orders', 420])
  const delayMs = watched.told[0]!.atMs - goodUntilMs
  assert.ok(delayMs <= 25_000, `${delayMs} ms`)
  await watched.seconds(180, GOOD_MS, members)
  assert.deepEqual(watched.reasons, ['fired', 'resolved'])
})

test('a holder killed between saving and delivery: its successor delivers, under the same id', async (t) => {
  const watched = await Watched.open(t)
  const [a, b] = [await watched.join('a'), await watched.join('b')]
  await watched.seconds(70, GOOD_MS, [a, b])
  watched.receives({ kind: 'refuse', status: 503 })
  await watched.seconds(20, BAD_MS, [a, b])
  assert.equal(watched.ids.length, 1, 'it was tried')
  watched.fleet.kill(a)
  watched.receives({ kind: 'accept' })
  await watched.seconds(20, BAD_MS, [b])
  assert.deepEqual(watched.reasons, ['fired'])
  assert.equal(watched.ids.length, 1, 'under the same id')
  await watched.seconds(180, GOOD_MS, [b])
  assert.deepEqual(watched.reasons, ['fired', 'resolved'])
  assert.deepEqual(await typesOf(b), ['pending', 'fired', 'resolved'])
})

test('a holder that is paused and wakes, and holds again later, tells nothing twice', async (t) => {
  const watched = await Watched.open(t)
  const [a, b] = [await watched.join('a'), await watched.join('b')]
  await watched.seconds(70, GOOD_MS, [a, b])
  watched.receives({ kind: 'refuse', status: 503 })
  await watched.seconds(20, BAD_MS, [a, b])
  // What a has not delivered waits in its memory.
  watched.fleet.kill(a)
  watched.receives({ kind: 'accept' })
  await watched.seconds(30, BAD_MS, [b])
  assert.deepEqual(watched.reasons, ['fired'])
  watched.fleet.wake(a)
  await watched.seconds(10, BAD_MS, [a, b])
  assert.deepEqual(watched.reasons, ['fired'])
  await watched.seconds(180, GOOD_MS, [a, b])
  assert.deepEqual(watched.reasons, ['fired', 'resolved'])
  watched.fleet.kill(b)
  await watched.seconds(30, GOOD_MS, [a])
  assert.deepEqual(a.engine.snapshot.coverage, { kind: 'service' })
  assert.deepEqual(watched.reasons, ['fired', 'resolved'])
})

test('the store out of reach: the last holder tells and says what it sees, alone; all is saved afterwards, once', async (t) => {
  const watched = await Watched.open(t)
  const [a, b] = [await watched.join('a'), await watched.join('b')]
  await watched.seconds(70, GOOD_MS, [a, b])
  await watched.seconds(8, BAD_MS, [a, b])
  const lock = new DatabaseSync(watched.fleet.file)
  lock.exec('BEGIN EXCLUSIVE')
  await watched.seconds(12, BAD_MS, [a, b])
  assert.deepEqual(
    watched.told.map(({ notice }) => [notice.reason, notice.instance_only]),
    [['fired', true]],
  )
  lock.exec('ROLLBACK')
  lock.close()
  await watched.seconds(40, BAD_MS, [a, b])
  assert.deepEqual(watched.reasons, ['fired'], 'not again')
  assert.deepEqual(a.engine.snapshot.coverage, { kind: 'service' }, 'it goes on: it knows what it told')
  await watched.seconds(180, GOOD_MS, [a, b])
  assert.deepEqual(watched.reasons, ['fired', 'resolved'])
  assert.equal(watched.told[1]!.notice.instance_only, false)
  assert.equal(watched.told[1]!.notice.alerts[0]!.id, watched.told[0]!.notice.alerts[0]!.id)
  assert.deepEqual(await typesOf(b), ['pending', 'fired', 'resolved'])
})

test('cut off alone, the last holder and its successor tell of the same alert under the same id', async (t) => {
  const watched = await Watched.open(t)
  const [a, b] = [await watched.join('a'), await watched.join('b')]
  await watched.seconds(70, GOOD_MS, [a, b])
  a.way.broken = true
  await watched.seconds(40, BAD_MS, [a, b])
  assert.deepEqual(b.engine.snapshot.coverage, { kind: 'service' })
  assert.deepEqual(
    watched.told.map(({ notice }) => [notice.reason, notice.instance_only]),
    [
      ['fired', true],
      ['fired', false],
    ],
  )
  assert.equal(watched.ids.length, 1)
  a.way.broken = false
  await watched.seconds(30, BAD_MS, [a, b])
  await watched.seconds(180, GOOD_MS, [a, b])
  assert.deepEqual(watched.reasons, ['fired', 'fired', 'resolved'])
  assert.deepEqual(await typesOf(a), ['pending', 'fired', 'resolved'])
})

test('what only the one that was cut off has told of has its end, told by its successor', async (t) => {
  const watched = await Watched.open(t)
  const [a, b] = [await watched.join('a'), await watched.join('b')]
  await watched.seconds(70, GOOD_MS, [a, b])
  a.way.broken = true
  // Of the service so few operations are bad that only the one that sees nothing else takes it for ill.
  for (let second = 0; second < 30; second++) {
    for (let i = 0; i < 1000; i++) b.ledger.operation('database', 'often').record(GOOD_MS)
    await watched.seconds(1, BAD_MS, [a])
  }
  assert.deepEqual(
    watched.told.map(({ notice }) => [notice.reason, notice.instance_only]),
    [['fired', true]],
  )
  await watched.seconds(150, GOOD_MS, [a])
  assert.deepEqual(watched.reasons, ['fired'], 'one that is well again proves nothing')
  a.way.broken = false
  await watched.seconds(120, GOOD_MS, [a, b])
  assert.deepEqual(watched.reasons, ['fired', 'resolved'])
  assert.equal(watched.told[1]!.notice.instance_only, false)
  assert.equal(watched.told[1]!.notice.alerts[0]!.id, watched.told[0]!.notice.alerts[0]!.id)
  assert.deepEqual(await typesOf(b), ['fired', 'resolved'])
  // A third one that takes over then begins with the same.
  const c = await watched.join('c')
  watched.fleet.kill(a)
  watched.fleet.kill(b)
  await watched.seconds(60, GOOD_MS, [c])
  assert.deepEqual(c.engine.snapshot.coverage, { kind: 'service' })
  assert.deepEqual(watched.reasons, ['fired', 'resolved'])
})

const DEAF: Notifier = {
  name: 'ops',
  deliver: async () => {
    throw new DeliveryError('it refuses everything', { retryable: false })
  },
}

for (const [what, back] of [
  ['takes part again', ({ fleet }: Watched) => fleet.seconds(6)],
  ['ends', (_: Watched, { engine }: Instance) => engine.leave()],
] as const) {
  test(`what one that was cut off has delivered is no dead letter of whoever judges, once it ${what}`, async (t) => {
    const watched = await Watched.open(t)
    const { fleet } = watched
    const a = await watched.join('a')
    const b = await fleet.join('b', { alerts, notifiers: [DEAF] })
    await watched.seconds(70, GOOD_MS, [a, b])
    watched.receives({ kind: 'refuse', status: 503 })
    await watched.seconds(20, BAD_MS, [a, b])
    a.way.broken = true
    watched.receives({ kind: 'accept' })
    await watched.seconds(40, BAD_MS, [a, b])
    assert.deepEqual(watched.reasons, ['fired'])
    assert.equal((await b.engine.alerts.deadLetters()).length, 1, 'its successor had to try, too')
    await watched.seconds(120, BAD_MS, [a, b])
    a.way.broken = false
    await back(watched, a)
    await fleet.seconds(3)
    assert.deepEqual(await b.engine.alerts.deadLetters(), [], 'the one that judges has heard of it')
    for (const one of [a, b]) fleet.kill(one)
    const c = await fleet.join('c', { alerts, notifiers: [DEAF] })
    await watched.seconds(20, BAD_MS, [c])
    assert.deepEqual(c.engine.snapshot.coverage, { kind: 'service' })
    assert.deepEqual(await c.engine.alerts.deadLetters(), [])
  })
}

test('what one told alone after the clock was set back has its end, told by one that judges since before that', async (t) => {
  const watched = await Watched.open(t)
  const [a, b] = [await watched.join('a'), await watched.join('b')]
  const { clock } = watched.fleet
  await watched.seconds(70, GOOD_MS, [a, b])
  clock.set(clock.wallMs() - 7_200_000)
  await watched.seconds(5, GOOD_MS, [a, b])
  a.way.broken = true
  for (let second = 0; second < 30; second++) {
    for (let i = 0; i < 1000; i++) b.ledger.operation('database', 'often').record(GOOD_MS)
    await watched.seconds(1, BAD_MS, [a])
  }
  assert.deepEqual(watched.reasons, ['fired'])
  a.way.broken = false
  await watched.seconds(120, GOOD_MS, [a, b])
  assert.deepEqual(watched.reasons, ['fired', 'resolved'])
})

test('a notice that waits when its instance dies and is too old by the next one is given up on, and can be tried again', async (t) => {
  const watched = await Watched.open(t)
  const a = await watched.join('a')
  await watched.seconds(70, GOOD_MS, [a])
  watched.receives({ kind: 'refuse', status: 503 })
  await watched.seconds(20, BAD_MS, [a])
  watched.fleet.kill(a)
  watched.fleet.clock.step(2 * 3_600_000)
  watched.receives({ kind: 'accept' })
  const b = await watched.join('b')
  const letters = async ({ engine }: Instance): Promise<readonly string[]> =>
    (await watched.fleet.meanwhile(engine.alerts.deadLetters())).map(
      ({ notice, why }) => `${notice.id} ${why}`,
    )
  const [id] = watched.ids
  await watched.seconds(3, BAD_MS, [b])
  assert.deepEqual(watched.reasons, [])
  const given = [`${id} it was not delivered within 1 h, and whoever tried has ended`]
  assert.deepEqual(await letters(b), given)
  const member = await watched.join('member')
  assert.deepEqual(await letters(member), given, 'it is saved')
  assert.equal(await b.engine.alerts.retry(), 1)
  await watched.seconds(3, BAD_MS, [b])
  assert.deepEqual(
    watched.told.map(({ notice }) => [notice.id, notice.reason]),
    [[id, 'fired']],
  )
  assert.deepEqual([await letters(b), await letters(member)], [[], []])
})

test('a notice that waited when its service stood still for more than a day is given up on, and no older dead letter', async (t) => {
  const watched = await Watched.open(t)
  const a = await watched.join('a')
  await watched.seconds(70, GOOD_MS, [a])
  watched.receives({ kind: 'refuse', status: 400 })
  await watched.seconds(20, BAD_MS, [a])
  watched.receives({ kind: 'refuse', status: 503 })
  await watched.seconds(150, GOOD_MS, [a])
  watched.fleet.kill(a)
  watched.fleet.clock.step(26 * 3_600_000)
  watched.receives({ kind: 'accept' })
  const b = await watched.join('b')
  await watched.seconds(3, GOOD_MS, [b])
  const letters = await b.engine.alerts.deadLetters()
  assert.deepEqual(
    letters.map(({ notice, why }) => [notice.id, notice.reason, why]),
    [[watched.ids[1], 'resolved', 'it was not delivered within 1 h, and whoever tried has ended']],
  )
  assert.equal(watched.ids.length, 2)
  assert.equal(await b.engine.alerts.retry(), 1)
  await watched.seconds(3, GOOD_MS, [b])
  assert.deepEqual(watched.reasons, ['resolved'])
})

test('a notice that waited a day ago, shortly before the first checkpoint of the day, is given up on, too', async (t) => {
  const watched = await Watched.open(t)
  const { clock } = watched.fleet
  const a = await watched.join('a')
  await watched.seconds(70, GOOD_MS, [a])
  watched.receives({ kind: 'refuse', status: 503 })
  await watched.seconds(20, BAD_MS, [a])
  clock.step(58.5 * 60_000)
  await watched.seconds(30, BAD_MS, [a])
  assert.ok((await events(a)).some(({ type }) => type === 'checkpoint'))
  assert.deepEqual(await a.engine.alerts.deadLetters(), [])
  watched.fleet.kill(a)
  clock.step(23.2 * 3_600_000)
  watched.receives({ kind: 'accept' })
  const b = await watched.join('b')
  await watched.seconds(3, BAD_MS, [b])
  const letters = await b.engine.alerts.deadLetters()
  assert.deepEqual(
    letters.map(({ notice }) => notice.id),
    watched.ids.slice(0, 1),
  )
})

test('what was given up on outlives its instance, and is tried again at the word of any', async (t) => {
  const watched = await Watched.open(t)
  const [a, b] = [await watched.join('a'), await watched.join('b')]
  await watched.seconds(70, GOOD_MS, [a, b])
  watched.receives({ kind: 'refuse', status: 400 })
  await watched.seconds(20, BAD_MS, [a, b])
  const ids = async ({ engine }: Instance): Promise<readonly string[]> =>
    (await watched.fleet.meanwhile(engine.alerts.deadLetters())).map(({ notice }) => notice.id)
  assert.deepEqual(await ids(a), watched.ids)
  assert.deepEqual(await ids(b), watched.ids, 'a member knows of it')
  watched.fleet.kill(a)
  await watched.seconds(20, BAD_MS, [b])
  const c = await watched.join('c')
  await watched.seconds(5, BAD_MS, [b, c])
  assert.deepEqual(await ids(b), watched.ids, 'the successor has it')
  watched.receives({ kind: 'accept' })
  assert.equal(await watched.fleet.meanwhile(c.engine.alerts.retry(['another'])), 0)
  assert.equal(await watched.fleet.meanwhile(c.engine.alerts.retry()), 1)
  await watched.seconds(3, BAD_MS, [b, c])
  assert.deepEqual(watched.reasons, ['fired'])
  assert.equal(watched.ids.length, 1, 'under the same id')
  assert.deepEqual([await ids(b), await ids(c)], [[], []])
})

test('what was given up on and is over by the time that it is tried again is told as over', async (t) => {
  const watched = await Watched.open(t)
  const a = await watched.join('a')
  await watched.seconds(70, GOOD_MS, [a])
  watched.receives({ kind: 'refuse', status: 400 })
  await watched.seconds(20, BAD_MS, [a])
  watched.receives({ kind: 'accept' })
  await watched.seconds(150, GOOD_MS, [a])
  assert.deepEqual(watched.reasons, ['resolved'])
  assert.equal(await a.engine.alerts.retry(), 1)
  await watched.seconds(3, GOOD_MS, [a])
  const [ended, again] = watched.told.map(({ notice }) => notice)
  assert.deepEqual([again?.reason, again?.severity, again?.id], ['resolved', 'SUCCESS', watched.ids[0]])
  assert.deepEqual(
    again?.alerts.map(({ id, state }) => [id, state]),
    [[ended?.alerts[0]?.id, 'resolved']],
  )
})

test('what people decide at one instance the one that judges follows', async (t) => {
  const watched = await Watched.open(t)
  const [a, b] = [await watched.join('a'), await watched.join('b')]
  await watched.seconds(70, GOOD_MS, [a, b])
  const { clock } = watched.fleet
  const match = { components: ['database'] }
  const atMs = clock.wallMs()
  await b.engine.alerts.decide(silencing({ atMs, by: 'ann', comment: 'disk', match, untilMs: atMs + 60_000 }))
  await watched.seconds(40, BAD_MS, [a, b])
  assert.deepEqual(watched.reasons, [], 'silenced')
  await watched.seconds(25, BAD_MS, [a, b])
  assert.deepEqual(watched.reasons, ['fired'], 'told when the silence is over')
  const alert = watched.told[0]!.notice.alerts[0]!.id
  await b.engine.alerts.decide(acknowledging({ atMs: clock.wallMs(), by: 'ann', comment: 'on it', alert }))
  await watched.seconds(2, BAD_MS, [a, b])
  assert.equal((await a.engine.alerts.watch()).book.firing[0]!.acknowledged!.by, 'ann')
})

test('a service that stood still for two days goes on with what fired, and with what people decided', async (t) => {
  const watched = await Watched.open(t)
  const before = await watched.join('before')
  await watched.seconds(60, GOOD_MS, [before])
  await watched.seconds(40, BAD_MS, [before])
  assert.deepEqual(watched.reasons, ['fired'])
  const atMs = watched.fleet.clock.wallMs()
  const match = { components: ['cache_l1'] }
  const untilMs = atMs + 7 * DAY_MS
  await before.engine.alerts.decide(silencing({ atMs, by: 'ann', comment: '', match, untilMs }))
  await watched.fleet.seconds(1)
  watched.fleet.kill(before)
  watched.fleet.clock.step(2 * DAY_MS)
  const after = await watched.join('after')
  const member = await watched.join('member')
  await watched.seconds(5, GOOD_MS, [after])
  for (const { engine } of [after, member]) {
    const { book } = await watched.fleet.meanwhile(engine.alerts.watch())
    assert.equal(book.silences(watched.fleet.clock.wallMs()).length, 1)
    assert.equal(book.firing.length, 1)
  }
  await watched.seconds(120, GOOD_MS, [after])
  assert.deepEqual(watched.reasons, ['fired', 'repeated', 'resolved'])
  assert.equal(new Set(watched.told.map(({ notice }) => notice.alerts[0]!.id)).size, 1)
})

test('events in the store that nobody can read are passed over, and said', async (t) => {
  const watched = await Watched.open(t)
  const atMs = watched.fleet.clock.wallMs()
  const store = await watched.fleet.store()
  const stored = ['alert', 'notice', 'outcome', 'told_alone', 'grade', 'retry'].flatMap((kind) =>
    [null, 5, [], { type: 'fired' }, { type: 'checkpoint', state: {} }].map((data, i) => {
      return { id: `${kind} ${i}`, atMs, kind, data }
    }),
  )
  await store.append('shop', stored)
  const a = await watched.join('a')
  await watched.seconds(120, GOOD_MS, [a])
  await watched.seconds(60, BAD_MS, [a])
  assert.deepEqual(watched.reasons, ['fired'])
  assert.ok((await typesOf(a)).includes('fired'))
  const { self } = a.engine.snapshot
  // A retry may name no notices, and then means all; of the grade's nobody is waiting to hear.
  assert.equal(self.alertEvents.unreadable, 5 * 4 + 2)
  const said = self.recentErrors.filter((text) => text.includes('cannot be read; it is passed over'))
  assert.ok(said.some((text) => text.startsWith('the stored event "notice 4"')))
})

test('a retry that nobody can read is counted by those who hear it, once each', async (t) => {
  const watched = await Watched.open(t)
  const a = await watched.join('a')
  await watched.seconds(70, GOOD_MS, [a])
  const store = await watched.fleet.store()
  const atMs = watched.fleet.clock.wallMs()
  await store.append('shop', [{ id: 'retry 1', atMs, kind: 'retry', data: { ids: 5 } }])
  await watched.seconds(10, GOOD_MS, [a])
  const { self } = a.engine.snapshot
  assert.equal(self.alertEvents.unreadable, 1)
  assert.ok(self.recentErrors.includes('the stored event "retry 1" cannot be read; it is passed over'))
})
