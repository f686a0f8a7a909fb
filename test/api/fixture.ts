import assert from 'node:assert/strict'
import { SteppedClock } from '../../contracts/stepped-clock.ts'
import { acknowledging, silencing } from '../../src/alerts/commands.ts'
import { spentOver } from '../../src/alerts/lookback.ts'
import type { Notice } from '../../src/alerts/notice.ts'
import { type AlertOptions, alertDefaults } from '../../src/alerts/options.ts'
import { alertPage } from '../../src/api/alert-page.ts'
import type { ApiSource } from '../../src/api/source.ts'
import { AlertDesk } from '../../src/engine/alerting/alert-desk.ts'
import { Alerting } from '../../src/engine/alerting/alerting.ts'
import { DeliveryError, type Notifier } from '../../src/engine/delivery.ts'
import type { GradePoint, Member, SelfReport, Snapshot, WindowSnapshot } from '../../src/engine/snapshot.ts'
import type { Held, Store } from '../../src/engine/store.ts'
import { groupsOf, targetView, windowSnapshot } from '../../src/engine/window-snapshot.ts'
import { Windows } from '../../src/engine/windows.ts'
import { onGrid, placeOf } from '../../src/measure/bucket.ts'
import { Counts } from '../../src/measure/counts.ts'
import { Levels, levelOf } from '../../src/measure/levels.ts'
import type { Slice } from '../../src/measure/slice.ts'
import { Timeline } from '../../src/measure/timeline.ts'
import type { WindowName } from '../../src/measure/window.ts'
import { MemoryStore } from '../../src/stores/memory/store.ts'
import { defaultTargets } from '../../src/targets/defaults.ts'
import type { Target } from '../../src/targets/target.ts'
import { trend } from '../../src/targets/trend.ts'

/** One operation of the fixture; `times` of them. */
export interface Happened {
  readonly durationMs: number
  readonly times?: number
  readonly failed?: boolean
  readonly hit?: boolean
  readonly inFlight?: number
}

/** Real counts of these operations, as a tally's slice would have them. */
export function counted(operations: readonly Happened[], limitsMs: readonly number[] = []): Counts {
  const counts = new Counts()
  counts.goods = limitsMs.map((limitMs) => ({ limitMs, good: 0, covered: 0 }))
  for (const { durationMs, times = 1, failed = false, hit, inFlight } of operations) {
    const ms = onGrid(durationMs)
    counts[failed ? 'failed' : 'ok'] += times
    if (hit !== undefined) counts[hit ? 'hits' : 'misses'] += times
    counts.sumMs += times * ms
    counts.minMs = Math.min(counts.minMs, ms)
    counts.maxMs = Math.max(counts.maxMs, ms)
    counts.histogram.add(placeOf(ms), times)
    for (const entry of failed ? [] : counts.goods) {
      entry.covered += times
      if (ms < entry.limitMs) entry.good += times
    }
    if (inFlight !== undefined) {
      counts.levels ??= new Levels()
      counts.levels.add(levelOf(inFlight), times, times * ms)
    }
  }
  return counts
}

export const ADMIN: Target = {
  id: 'request GET /admin/**',
  component: 'request',
  series: 'GET /admin/**',
  except: [],
  indicator: { kind: 'latency', percentile: 0.99, limitMs: 300 },
  grades: { a: 180, b: 240, c: 300, d: 600 },
  weight: 0,
}

export const TARGETS: readonly Target[] = [...defaultTargets, ADMIN]

const START_MS = Date.UTC(2026, 0, 10, 12)

/**
 * Five seconds of a shop: authentication meets its target, authorization misses it by little, the database by far,
 * the second cache layer saw too little, the third nothing, an undeclared component has no target.
 */
export function shopSlices(): readonly Slice[] {
  const requests = [
    { durationMs: 20, times: 60, inFlight: 1 },
    { durationMs: 90, times: 30, inFlight: 3 },
    { durationMs: 160.5, times: 9, inFlight: 70 },
    { durationMs: 170, failed: true, inFlight: 70 },
  ]
  const users = counted(requests, [100])
  users.breakdown = new Map([['database', { calls: 120, wallMs: 2500 }]])
  users.ownMs = 1000
  const slice = (component: string, name: string, counts: Counts): Slice => ({
    component,
    name,
    nested: false,
    counts,
  })
  const lookups = (hits: number, misses: number): Counts =>
    counted([
      { durationMs: 0.05, times: hits, hit: true },
      { durationMs: 0.07, times: misses, hit: false },
    ])
  return [
    slice(
      'authentication',
      'login',
      counted(
        [
          { durationMs: 12, times: 190 },
          { durationMs: 55, times: 3 },
        ],
        [50],
      ),
    ),
    slice('authentication', 'jwt_validation', counted([{ durationMs: 0.4, times: 200 }], [50])),
    slice(
      'authorization',
      'check',
      counted(
        [
          { durationMs: 40, times: 90 },
          { durationMs: 80, times: 10 },
        ],
        [75],
      ),
    ),
    slice(
      'database',
      'user_lookup',
      counted(
        [
          { durationMs: 5, times: 50 },
          { durationMs: 60, times: 50 },
        ],
        [25],
      ),
    ),
    slice('cache_l1', 'get', lookups(99, 1)),
    slice('cache_l2', 'get', lookups(4, 1)),
    slice('request', 'GET /users/:id', users),
    slice('request', 'POST /login', counted([{ durationMs: 30, times: 20, inFlight: 1 }], [100])),
    slice(
      'event_loop',
      'main',
      counted([{ durationMs: 0.5, times: 96 }, { durationMs: 60, times: 3 }, { durationMs: 160 }]),
    ),
    slice('event_loop_blocked', 'main', counted([{ durationMs: 160 }])),
    slice('gc', 'minor', counted([{ durationMs: 0.75, times: 6 }])),
    slice('gc', 'major', counted([{ durationMs: 9 }])),
    slice('external', 'GET rates', counted([{ durationMs: 33.3333, times: 3 }])),
  ]
}

/** A real snapshot of these slices, all of them in the last second. */
export function snapshotOf(slices: readonly Slice[], targets: readonly Target[] = TARGETS): Snapshot {
  const timeline = new Timeline(START_MS)
  for (let second = 1; second <= 5; second++) timeline.read(START_MS + second * 1000)
  const windows = new Windows(timeline, groupsOf(targets), (error) => assert.fail(String(error)))
  windows.add(slices)
  const taken = new Map<WindowName, WindowSnapshot>()
  const window = (name: WindowName): WindowSnapshot => {
    const made = taken.get(name) ?? windowSnapshot(name, windows, timeline.span(name), targets)
    taken.set(name, made)
    return made
  }
  const gradeHistory: readonly GradePoint[] = Array.from({ length: 12 }, (_, minute) => ({
    atMs: START_MS - (12 - minute) * 60_000,
    overall: minute / 4,
    byTarget: { authentication: 4, database: minute < 6 ? null : 0 },
  }))
  const levels = new Levels()
  levels.add(1, 80, 3000)
  return {
    service: 'shop',
    instance: 'instance-1',
    atMs: START_MS + 5000,
    cycle: 5,
    concurrentUsers: 150.4,
    inFlight: 7,
    levels,
    window,
    coverage: { kind: 'service' },
    instances: [MEMBER],
    alerts: [],
    gradeHistory,
    examples: [
      {
        atMs: START_MS + 4000,
        series: 'GET /users/:id',
        durationMs: 160.5,
        failed: false,
        breakdown: [{ component: 'database', calls: 3, wallMs: 140.25 }],
        ownMs: 20.25,
      },
    ],
    lookback: (target, lengthMs) =>
      spentOver(
        { view: (each, name) => targetView(each, windows, name), slot: (name) => timeline.slot(name) },
        target,
        lengthMs,
      ),
    trend: (target) =>
      trend(
        gradeHistory.map(({ atMs, overall, byTarget }) => ({
          atMs,
          value: target === undefined ? overall : (byTarget[target] ?? null),
        })),
      ),
    self: SELF,
  }
}

export interface Alerts {
  readonly alerting: Alerting
  readonly store: Store
  readonly clock: SteppedClock
  readonly desk: AlertDesk
}

/** Real alerts of a service in a store in memory: quiet until they are stepped. */
export function alertsOf(
  snapshot: Snapshot,
  {
    targets = TARGETS,
    options = alertDefaults,
    notifiers = [],
    clock = new SteppedClock(snapshot.atMs),
  }: {
    readonly targets?: readonly Target[]
    readonly options?: AlertOptions
    readonly notifiers?: readonly Notifier[]
    readonly clock?: SteppedClock
  } = {},
): Alerts {
  const store = new MemoryStore({}, clock)
  const { service } = snapshot
  const alerting = new Alerting({
    ...{ service, targets, options, store, clock, notifiers },
    page: alertPage('https://perf.shop.example/'),
    allowed: () => true,
    onEvent: () => {},
    onUnreadable: (text) => {
      throw new Error(text)
    },
  })
  const desk = new AlertDesk({
    ...{ service, store, alerting },
    judges: () => true,
    snapshot: async () => snapshot,
  })
  return { alerting, store, clock, desk }
}

export function sourceOf(
  snapshot: Snapshot,
  targets: readonly Target[] = TARGETS,
  desk: AlertDesk = alertsOf(snapshot, { targets }).desk,
): ApiSource {
  return {
    snapshot: () => snapshot,
    settings: () => ({ targets, defaultWindow: '5min', storeId: 'store-1' }),
    alerts: () => desk,
    holdings: () => ({ read: async () => HELD }),
  }
}

const HELD: readonly Held[] = [
  { tierMs: 1000, fromMs: START_MS - 600_000, toMs: START_MS + 5000 },
  { tierMs: 5000, fromMs: START_MS - 7_200_000, toMs: START_MS - 600_000 },
]

const DEAF: Notifier = {
  name: 'mail',
  deliver: async () => {
    throw new DeliveryError('the server refused the address', { retryable: false })
  },
}

/**
 * The shop after half a minute of its slow database: that alert is acknowledged, and its summary reached `team` but
 * not `mail`; the one on requests is silenced.
 */
export async function alertingShop(): Promise<
  Alerts & { readonly source: ApiSource; readonly told: string[]; readonly notices: Notice[] }
> {
  const now = snapshotOf(shopSlices())
  const told: string[] = []
  const notices: Notice[] = []
  const deliver = async (notice: Notice): Promise<void> => {
    told.push(notice.summary)
    notices.push(notice)
  }
  const team: Notifier = { name: 'team', deliver }
  const clock = new SteppedClock(now.atMs - SLOW_MS)
  const options: AlertOptions = { ...alertDefaults, maintenance: [BACKUP] }
  const alerts = alertsOf(now, { options, notifiers: [team, DEAF], clock })
  const { alerting, desk, store } = alerts
  const token = await store.lease('alerts', SLOW_MS)
  assert.ok(token !== undefined)
  for (let atMs = clock.wallMs(); atMs <= now.atMs; atMs += 1000) {
    alerting.step({ atMs, verdicts: now.window('1min').verdicts })
    assert.ok(await alerting.tell(token))
    alerting.delivery.drain()
    await alerting.delivery.settled()
    if (atMs < now.atMs) clock.step(1000)
  }
  const atMs = now.atMs - 2000
  const database = alerting.watch.book.firing.find(({ target }) => target === 'database')
  assert.ok(database !== undefined)
  const comment = 'the new index is being built'
  await desk.decide(acknowledging({ atMs, by: 'ann', comment, alert: database.id }))
  const match = { targets: ['request'] }
  await desk.decide(silencing({ atMs, by: 'ben', comment: 'load test', match, untilMs: atMs + 3_600_000 }))
  return { ...alerts, source: sourceOf(now, TARGETS, desk), told, notices }
}

const SLOW_MS = 30_000

const BACKUP: AlertOptions['maintenance'][number] = {
  kind: 'recurring',
  name: 'backup',
  match: { components: ['database'] },
  cron: '30 2 * * *',
  durationMs: 3_600_000,
  timeZone: 'UTC',
}

const MEMBER: Member = {
  instance: 'instance-1',
  host: 'shop-7',
  pid: 4242,
  node: 'v24.0.0',
  version: '0.1.0',
  startedMs: START_MS,
  inFlight: 7,
  seenMs: START_MS + 5000,
  lagMs: 0,
  runtime: {
    loops: 1,
    utilization: 0.4321,
    delayP50Ms: 0.5,
    delayP99Ms: 60,
    delayMaxMs: 160,
    blocked: 1,
    blockedNowMs: 0,
    gcMs: 13.5,
    gcMaxMs: 9,
    cpuShare: 0.5432,
    rssBytes: 90_000_000,
    heapUsedBytes: 30_000_000,
    heapLimitBytes: 4_345_298_944,
    handles: 12,
  },
}

const SELF: SelfReport = {
  instance: 'instance-1',
  startedMs: START_MS,
  version: '0.1.0',
  pid: 4242,
  node: 'v24.0.0',
  uptimeMs: 5000,
  engine: {
    mode: 'thread',
    restarts: 0,
    cycles: 5,
    cycleMs: { last: 0.91234, mean: 1.1, max: 3.5 },
    cpuShare: 0.0123,
    heapBytes: 9_000_000,
  },
  threads: [{ thread: 0, series: 9, inFlight: 7 }],
  series: { used: 9, limit: 500, folded: 0 },
  dropped: { invalid: 1, negative: 2, clamped: 0, batches: 0, errors: 0 },
  examples: { kept: 1, leftOut: 9 },
  spans: { recorded: 7, passedOver: 20, unknown: 2 },
  recentErrors: [],
  store: { name: 'memory', state: 'ok', queued: 0 },
  port: { state: 'listening', url: 'http://127.0.0.1:9797' },
  recorders: [{ name: 'http', state: 'attached' }],
  notifiers: [],
  alertEvents: { dropped: 0, unreadable: 0 },
}
