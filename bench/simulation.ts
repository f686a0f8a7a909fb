import { AsyncLocalStorage } from 'node:async_hooks'
import type { Engine } from '../src/engine/engine.ts'
import type { Store } from '../src/engine/store.ts'
import type { Clock } from '../src/ground/clock.ts'
import type { Scope } from '../src/measure/scope.ts'
import { part } from './package-part.ts'

export interface SimulationOptions {
  readonly service: string
  /** Half of them routes, each of whose requests does a query; the rest queries. */
  readonly series: number
  readonly startMs: number
  readonly openStore: (clock: Clock) => Promise<Store>
}

/** A service whose time is stepped by hand: everything is the real thing but the clock and the traffic. */
export interface Simulation {
  readonly engine: Engine
  readonly clock: Clock
  readonly nowMs: () => number
  /** Lets time pass, with some operations in every series, and runs one cycle. */
  readonly step: (stepMs: number, operationsEach: number) => Promise<void>
}

const LEVEL = 1

/** The series of a simulated service: as many routes as queries. */
export function seriesNames(series: number): {
  readonly routes: readonly string[]
  readonly queries: readonly string[]
} {
  const half = Math.ceil(series / 2)
  return {
    routes: Array.from({ length: half }, (_, i) => `GET /things/${i}/:id`),
    queries: Array.from({ length: series - half }, (_, i) => `query_${i}`),
  }
}

export async function simulate(options: SimulationOptions): Promise<Simulation> {
  const { Engine } = await part('engine/engine')
  const { Ledger } = await part('measure/ledger')
  const { Scope } = await part('measure/scope')
  const { defaultTargets } = await part('targets/defaults')
  const { alertDefaults } = await part('alerts/options')
  const { service, series } = options
  let nowMs = options.startMs
  const clock: Clock = { wallMs: () => nowMs, monotonicMs: () => performance.now() }
  const store = await options.openStore(clock)
  const settings = {
    service,
    targets: defaultTargets,
    window: '5min',
    seriesLimit: 500,
    alerts: alertDefaults,
  } as const
  const engine = new Engine({ settings, store, clock, instance: 'bench', version: 'bench', mode: 'inline' })
  const ledger = new Ledger({
    thread: 0,
    scopes: new AsyncLocalStorage<Scope | undefined>(),
    now: () => performance.now(),
    limits: () => [25],
    announce: (announcement) => engine.accept(announcement),
  })
  const names = seriesNames(series)
  const routes = names.routes.map((name) => ledger.requestTally(name))
  const queries = names.queries.map((name) => ledger.operation('database', name))
  const database = ledger.part('database')

  const step = async (stepMs: number, operationsEach: number): Promise<void> => {
    for (let i = 0; i < operationsEach; i++) {
      for (const [which, route] of routes.entries()) {
        const durationMs = duration(which)
        const scope = new Scope(0)
        scope.spent(database, durationMs / 2, durationMs)
        route.recordRequest(scope, durationMs, Math.random() < 0.01, LEVEL)
      }
      for (const [which, query] of queries.entries()) query.record(duration(which) / 2, Math.random() < 0.01)
    }
    nowMs += stepMs
    engine.turn()
    engine.cycle()
    await engine.flush()
  }
  return { engine, clock, nowMs: () => nowMs, step }
}

/** Log-normal, each series around its own median, ms. */
function duration(series: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
  return (1 + (series % 40)) * Math.exp(0.6 * normal)
}
