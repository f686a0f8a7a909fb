import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { SteppedClock } from '../../contracts/stepped-clock.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { WindowSnapshot } from '../../src/engine/snapshot.ts'
import type { Store } from '../../src/engine/store.ts'
import type { Counts } from '../../src/measure/counts.ts'
import { Ledger } from '../../src/measure/ledger.ts'
import type { Scope } from '../../src/measure/scope.ts'
import { limits } from '../../src/targets/limits.ts'
import type { Verdict } from '../../src/targets/verdict.ts'
import { START_MS, stepped } from '../engine/stepped.ts'
import { type Entry, type Logged, OperationLog } from './operation-log.ts'
import { assertPercentile } from './order-statistic.ts'
import { recount } from './recount.ts'
import { type Requirement, requirements } from './requirements.ts'

const WINDOWS = ['1min', '5min', '1hour', '1day'] as const
const targets = requirements.map(({ target }) => target)

/** An engine and the independent log beside it: whatever is recorded goes to both, and both are read at once. */
export class Books {
  readonly clock: SteppedClock
  readonly log: OperationLog
  engine: Engine

  private constructor(engine: Engine, clock: SteppedClock) {
    this.engine = engine
    this.clock = clock
    this.log = new OperationLog(clock.wallMs(), clock.monotonicMs())
  }

  static async open(store?: Store, clock: SteppedClock = new SteppedClock(START_MS)): Promise<Books> {
    return new Books(await engineOf(clock, store), clock)
  }

  /**
   * The process ends in good order, and another one begins later, which has only what is in the store.
   *
   * @param store the same one, closed and opened again where it can be
   */
  async restart(laterMs: number, store: () => Store | Promise<Store>): Promise<void> {
    this.read()
    await this.engine.flush()
    this.clock.step(laterMs)
    this.engine = await engineOf(this.clock, await store(), randomUUID())
    this.log.read(this.clock.wallMs(), this.clock.monotonicMs())
  }

  /**
   * The books of one more thread.
   *
   * @param now what it times operations by; default the clock
   */
  thread(thread: number, now: () => number = this.clock.monotonicMs): Ledger {
    return new Ledger({
      thread,
      scopes: new AsyncLocalStorage<Scope | undefined>(),
      now,
      limits: limits(targets),
      announce: (announcement) => this.engine.accept(announcement),
    })
  }

  record(logged: Logged, ledger: Ledger): void {
    this.log.write(logged, this.clock.wallMs())
    const { component, name, durationMs, failed, hit } = logged
    ledger.operation(component, name).record(durationMs, failed, hit)
  }

  /** Lets a reading cover what was recorded until now. What is recorded before `cycle` belongs to the next one. */
  turn(): void {
    this.log.read(this.clock.wallMs(), this.clock.monotonicMs())
    this.engine.turn()
  }

  cycle(): void {
    this.engine.cycle()
  }

  read(): void {
    this.turn()
    this.cycle()
  }

  /** Compares everything that the engine says with the log, for exactly the spans that it states. */
  compare(): void {
    for (const name of WINDOWS) {
      const { fromMs, toMs } = this.engine.snapshot.window(name)
      assert.deepEqual({ fromMs, toMs }, this.log.span(name), `span of ${name}`)
    }
    this.compareCounts()
    const { invalid, negative, clamped } = this.engine.snapshot.self.dropped
    assert.deepEqual({ invalid, negative, clamped }, this.log.odd)
  }

  /** The same without saying which spans they should be. */
  compareCounts(): void {
    for (const name of WINDOWS) {
      const window = this.engine.snapshot.window(name)
      const entries = this.log.between(window.fromMs, window.toMs)
      compareComponents(window, entries)
      for (const [i, requirement] of requirements.entries()) {
        this.#compareVerdict(window, window.verdicts[i]!, requirement, entries)
      }
    }
  }

  #compareVerdict(
    window: WindowSnapshot,
    verdict: Verdict,
    { target, covers, nested }: Requirement,
    entries: readonly Entry[],
  ): void {
    const covered = entries.filter(
      (entry) => entry.component === target.component && covers(entry.name) && (nested || !entry.nested),
    )
    const where = `${target.id} in ${window.name}`
    const { ok, failed, hits, misses, sortedMs, goodUnder } = recount(covered)
    const { indicator } = target
    assert.equal(verdict.target, target)
    assert.equal(verdict.n, indicator.kind === 'latency' ? ok + failed : hits + misses, where)
    if (verdict.status === 'unknown') return
    assert.equal(verdict.failed, failed, where)
    assert.equal(verdict.estimated, false, where)
    if (indicator.kind === 'latency') {
      const good = goodUnder(indicator.limitMs)
      assert.equal(verdict.compliance, (100 * good) / (ok + failed), where)
      assert.equal(verdict.status === 'met', 100 * good >= 100 * indicator.percentile * (ok + failed), where)
      assertPercentile(verdict.value, sortedMs, indicator.percentile, where)
    } else {
      const percent = 100 * indicator.share
      assert.equal(verdict.value, hits / (hits + misses), where)
      assert.equal(verdict.status === 'met', 100 * hits > percent * (hits + misses), where)
      assert.equal(verdict.compliance, this.log.timeslices(covered, window.name, percent), where)
    }
  }
}

function compareComponents(window: WindowSnapshot, entries: readonly Entry[]): void {
  const components = Map.groupBy(entries, ({ component }) => component)
  // A component of which only parts of other operations were seen does not show.
  const shown = [...components].filter(([, all]) => all.some(({ nested }) => !nested)).map(([name]) => name)
  assert.deepEqual(window.components.map(({ component }) => component).sort(), shown.sort(), window.name)
  for (const { component, counts, series } of window.components) {
    const all = components.get(component)!
    const where = `${component} in ${window.name}`
    const own = all.filter(({ nested }) => !nested)
    compareCounts(counts, own, [], where)
    const bySeries = Map.groupBy(all, ({ name }) => name)
    assert.deepEqual(series.map(({ name }) => name).sort(), [...bySeries.keys()].sort(), where)
    for (const { name, counts } of series) {
      compareCounts(counts, bySeries.get(name)!, limitsOf(component, name), `${name} of ${where}`)
    }
  }
}

/** Of every target that covers the series, by hand. */
function limitsOf(component: string, name: string): readonly number[] {
  return requirements.flatMap(({ target: { indicator, component: of }, covers }) =>
    of === component && indicator.kind === 'latency' && covers(name) ? [indicator.limitMs] : [],
  )
}

function compareCounts(
  counts: Counts,
  entries: readonly Entry[],
  limitsMs: readonly number[],
  where: string,
): void {
  const { ok, failed, hits, misses, sumMs, sortedMs, goodUnder } = recount(entries)
  assert.deepEqual(
    [counts.ok, counts.failed, counts.hits, counts.misses, counts.sumMs, counts.minMs, counts.maxMs],
    [ok, failed, hits, misses, sumMs, sortedMs[0], sortedMs.at(-1)],
    `ok, failed, hits, misses, sum, min, max of ${where}`,
  )
  for (const limitMs of limitsMs) {
    const wanted = { good: goodUnder(limitMs), estimated: false }
    assert.deepEqual(counts.goodUnder(limitMs), wanted, `good under ${limitMs} ms of ${where}`)
  }
  for (const q of [0.5, 0.9, 0.95, 0.99]) assertPercentile(counts.percentileMs(q), sortedMs, q, where)
}

async function engineOf(clock: SteppedClock, store: Store | undefined, instance = 'first'): Promise<Engine> {
  const { engine } = await stepped({ targets, clock, instance, ...(store === undefined ? {} : { store }) })
  return engine
}
