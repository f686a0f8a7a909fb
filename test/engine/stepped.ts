import { AsyncLocalStorage } from 'node:async_hooks'
import { SteppedClock } from '../../contracts/stepped-clock.ts'
import { type AlertOptions, alertDefaults } from '../../src/alerts/options.ts'
import type { Notifier } from '../../src/engine/delivery.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { Store } from '../../src/engine/store.ts'
import { Ledger, type LedgerOptions } from '../../src/measure/ledger.ts'
import type { Scope } from '../../src/measure/scope.ts'
import type { WindowName } from '../../src/measure/window.ts'
import { openStore } from '../../src/stores/open.ts'
import { defaultTargets } from '../../src/targets/defaults.ts'
import { limits } from '../../src/targets/limits.ts'
import type { Target } from '../../src/targets/target.ts'

export const START_MS: number = Date.UTC(2026, 0, 1)

export interface SteppedOptions {
  readonly targets?: readonly Target[]
  readonly store?: Store
  readonly clock?: SteppedClock
  readonly window?: WindowName
  readonly instance?: string
  readonly alerts?: AlertOptions
  readonly notifiers?: readonly Notifier[]
}

/** An engine and a ledger in one thread, driven by hand. */
export interface Stepped {
  readonly engine: Engine
  readonly ledger: Ledger
  readonly clock: SteppedClock
  readonly store: Store
  /** Steps a second and runs a cycle. */
  readonly second: () => void
}

export async function stepped(options: SteppedOptions = {}): Promise<Stepped> {
  const {
    targets = defaultTargets,
    clock = new SteppedClock(START_MS),
    window = '5min',
    instance = 'test',
  } = options
  const { alerts = alertDefaults, notifiers = [] } = options
  const logger = { info: () => {}, warn: () => {} }
  const store =
    options.store ?? (await openStore({ kind: 'memory', options: {} }, { clock, logger, directory: '.' }))
  const engine = new Engine({
    settings: { service: 'shop', targets, window, seriesLimit: 500, alerts },
    store,
    clock,
    instance,
    version: '0.0.0',
    mode: 'inline',
    notifiers,
  })
  await engine.tend()
  const { ledger } = joined(engine, clock, { thread: 0, targets })
  const second = (): void => {
    clock.step(1000)
    engine.turn()
    engine.cycle()
  }
  return { engine, ledger, clock, store, second }
}

/** One more thread that records for an engine. */
export function joined(
  engine: Engine,
  clock: SteppedClock,
  {
    thread = 1,
    targets = defaultTargets,
    early = false,
    announce = (announcement) => engine.accept(announcement),
  }: {
    readonly thread?: number
    readonly targets?: readonly Target[]
    /** Whether the thread has not heard the configuration's targets yet. */
    readonly early?: boolean
    readonly announce?: LedgerOptions['announce']
  } = {},
): { readonly ledger: Ledger } {
  const ledger = new Ledger({
    thread,
    scopes: new AsyncLocalStorage<Scope | undefined>(),
    now: () => clock.monotonicMs(),
    limits: limits(targets),
    early: () => early,
    announce,
  })
  return { ledger }
}
