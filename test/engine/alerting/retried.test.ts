import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Notice } from '../../../src/alerts/notice.ts'
import { alertDefaults, defaultRoute } from '../../../src/alerts/options.ts'
import { AlertWatch } from '../../../src/alerts/watch.ts'
import { retried } from '../../../src/engine/alerting/retried.ts'
import { badgeText, describe } from '../../../src/notifiers/description.ts'
import { authentication, database, SECOND_MS, START_MS, verdictOf } from '../../alerts/verdicts.ts'

const HOUR = 3_600

/** Two targets in one group, with every notice of them. */
class Watched {
  readonly notices: Notice[] = []
  readonly watch = new AlertWatch({
    service: 'shop',
    targets: [database, authentication],
    options: {
      ...alertDefaults,
      routes: [
        { ...defaultRoute('pager'), groupBy: 'service', repeatMs: HOUR * SECOND_MS, success: 'always' },
      ],
    },
  })
  #second = 0

  see(seconds: number, ofDatabase: number, ofAuthentication: number): void {
    for (const until = this.#second + seconds; this.#second < until; this.#second++) {
      const atMs = START_MS + this.#second * SECOND_MS
      const verdicts = [verdictOf(database, ofDatabase), verdictOf(authentication, ofAuthentication)]
      this.watch.step({ atMs, verdicts })
      for (const { said, notice } of this.watch.due({ atMs })) {
        this.watch.book.apply(said)
        this.notices.push(notice)
      }
    }
  }

  /** The last notice, as it came. */
  get last(): Notice {
    return this.notices.at(-1)!
  }

  again(notice: Notice): readonly [badge: string, reason: string, title: string, alerts: string] {
    const now = retried(notice, this.watch.book)
    assert.equal(now.id, notice.id)
    const described = describe(now)
    const alerts = now.alerts.map(({ target, state, severity }) => `${target} ${state} ${severity}`)
    return [badgeText(described), described.reason, now.title!, alerts.join(', ')]
  }
}

test('nothing is told otherwise while all of it is so', () => {
  const watched = new Watched()
  watched.see(20, 2.5, 1.6)
  assert.equal(retried(watched.last, watched.watch.book), watched.last)
})

type Spell = readonly [seconds: number, ofDatabase: number, ofAuthentication: number]

interface Case {
  readonly name: string
  /** Up to the last notice, which is CRITICAL, and what comes before it is tried again. */
  readonly until: readonly Spell[]
  readonly since: readonly Spell[]
  readonly again: ReturnType<Watched['again']>
}

const CASES: readonly Case[] = [
  {
    name: 'what it had become is over, and it fires as before: that it came down was told',
    until: [
      [20, 1.6, 0.5],
      [20, 2.5, 0.5],
    ],
    since: [[300, 1.6, 0.5]],
    again: [
      'WARNING',
      'It became better, but still fires.',
      'database: p95 40 ms, limit 25 ms, 1.6 × its limit: down to WARNING',
      'database firing WARNING',
    ],
  },
  {
    name: 'of two that fired one is over: what fires speaks for the notice',
    until: [[20, 2.5, 1.6]],
    since: [[120, 0.5, 1.6]],
    again: [
      'WARNING',
      'A new alert fires.',
      'authentication: p95 80 ms, limit 50 ms, 1.6 × its limit',
      'authentication firing WARNING, database resolved CRITICAL',
    ],
  },
  {
    name: 'what a notice was about is over, and another one fires as before: its end is the news',
    until: [
      [20, 0.5, 1.6],
      [20, 2.5, 1.6],
    ],
    since: [[120, 0.5, 1.6]],
    again: [
      'RESOLVED, group: WARNING',
      'It is over.',
      'database: resolved after 1.2 min; p95 12.5 ms, limit 25 ms, 0.5 × its limit (1 other still fires)',
      'database resolved CRITICAL, authentication firing WARNING',
    ],
  },
  {
    name: 'what a notice was about is over, and so is another one: its own end is the news',
    until: [
      [20, 0.5, 1.6],
      [20, 2.5, 1.6],
    ],
    since: [[120, 0.5, 0.5]],
    again: [
      'RESOLVED',
      'It is over.',
      'database: resolved after 1.2 min; p95 12.5 ms, limit 25 ms, 0.5 × its limit',
      'database resolved CRITICAL, authentication resolved WARNING',
    ],
  },
  {
    name: 'all that fired is over: what came down least is the worst of it',
    until: [[20, 2.5, 2.2]],
    since: [[120, 0.3, 0.5]],
    again: [
      'RESOLVED',
      'It is over.',
      'authentication: resolved after 1.2 min; p95 25 ms, limit 50 ms, 0.5 × its limit (and 1 more)',
      'authentication resolved CRITICAL, database resolved CRITICAL',
    ],
  },
  {
    name: 'a success stays one when another one of its group is over',
    until: [
      [20, 2.5, 0.5],
      [20, 2.5, 1.1],
      [120, 2.5, 0.5],
    ],
    since: [[120, 0.5, 0.5]],
    again: [
      'SUCCESS',
      'The target is met again.',
      'authentication: target met again; p95 25 ms, limit 50 ms, 0.5 × its limit',
      'authentication resolved SUCCESS, database resolved CRITICAL',
    ],
  },
  {
    name: 'an end stays the one that it was when another one of its group is over',
    until: [
      [20, 2.5, 1.6],
      [120, 2.5, 0.5],
    ],
    since: [[120, 0.5, 0.5]],
    again: [
      'RESOLVED',
      'It is over.',
      'authentication: resolved after 1.2 min; p95 25 ms, limit 50 ms, 0.5 × its limit',
      'authentication resolved WARNING, database resolved CRITICAL',
    ],
  },
  {
    name: 'of one that has a successor nobody knows when it ended',
    until: [[20, 2.5, 0.5]],
    since: [
      [120, 0.5, 0.5],
      [20, 2.5, 0.5],
    ],
    again: [
      'RESOLVED',
      'It is over.',
      'database: resolved since (p95 62.5 ms, limit 25 ms, 2.5 × its limit when it was told)',
      'database resolved CRITICAL',
    ],
  },
]

for (const { name, until, since, again } of CASES) {
  test(name, () => {
    const watched = new Watched()
    for (const spell of until) watched.see(...spell)
    const { last } = watched
    assert.equal(last.severity, 'CRITICAL')
    for (const spell of since) watched.see(...spell)
    assert.deepEqual(watched.again(last), again)
  })
}

test('all of it is over: whatever the notice was to say, it tells the end, and who made it', () => {
  const watched = new Watched()
  watched.see(20, 2.5, 0.5)
  watched.see(HOUR, 2.5, 0.5)
  assert.deepEqual(
    watched.notices.map(({ reason }) => reason),
    ['fired', 'repeated'],
  )
  const { id: alert } = watched.watch.book.firing[0]!
  const atMs = START_MS + (HOUR + 20) * SECOND_MS
  watched.watch.book.apply(watched.watch.resolving({ alert, by: 'ann', atMs })!)
  for (const notice of watched.notices) {
    assert.deepEqual(watched.again(notice), [
      'RESOLVED',
      'It no longer alerts.',
      'database: resolved by ann after 1 h; p95 62.5 ms, limit 25 ms, 2.5 × its limit',
      'database resolved CRITICAL',
    ])
    const { severity, summary, title, alerts } = retried(notice, watched.watch.book)
    assert.deepEqual([severity, summary, alerts[0]!.resolvedBy], ['SUCCESS', title, 'ann'])
  }
})

test('that somebody ends another alert says nothing of the end that is told', () => {
  const watched = new Watched()
  watched.see(20, 2.5, 1.6)
  watched.see(120, 2.5, 0.5)
  const { id: alert } = watched.watch.book.firing[0]!
  const atMs = START_MS + 140 * SECOND_MS
  watched.watch.book.apply(watched.watch.resolving({ alert, by: 'ann', atMs })!)
  const [badge, reason] = watched.again(watched.last)
  assert.deepEqual([badge, reason], ['RESOLVED', 'It is over.'])
  assert.equal(describe(retried(watched.last, watched.watch.book)).tone, 'good')
})
