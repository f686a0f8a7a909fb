import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { SteppedClock } from '../../../contracts/stepped-clock.ts'
import type { AlertOptions } from '../../../src/alerts/options.ts'
import type { Notifier } from '../../../src/engine/delivery.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import type { Snapshot } from '../../../src/engine/snapshot.ts'
import type { Store } from '../../../src/engine/store.ts'
import type { Ledger } from '../../../src/measure/ledger.ts'
import { openStore } from '../../../src/stores/open.ts'
import { stepped } from '../stepped.ts'
import { type Severed, severable } from './severed.ts'

export interface Instance {
  readonly name: string
  readonly engine: Engine
  readonly ledger: Ledger
  /** Its way to the file. */
  readonly way: Severed
}

export interface JoinOptions {
  readonly alerts?: AlertOptions
  readonly notifiers?: readonly Notifier[]
  /** What the instance sees of its store. */
  readonly through?: (store: Store) => Store
}

/** Instances of one service with one SQLite file, all in this process, driven second by second. */
export class FleetUnderTest {
  readonly clock: SteppedClock = new SteppedClock(Date.UTC(2026, 0, 1, 12, 0, 0, 500))
  readonly file: string
  readonly #directory = mkdtempSync(join(tmpdir(), 'yardstick-fleet-'))
  #instances: Instance[] = []

  constructor(t: TestContext) {
    this.file = join(this.#directory, 'fleet.db')
    t.after(() => rmSync(this.#directory, { recursive: true, force: true }))
  }

  async join(name: string, { through = (store) => store, ...alerting }: JoinOptions = {}): Promise<Instance> {
    const way = severable(through(await this.store()))
    const { store } = way
    const { engine, ledger } = await stepped({ ...alerting, store, clock: this.clock, instance: name })
    const instance = { name, engine, ledger, way }
    this.#instances.push(instance)
    return instance
  }

  /** One more handle of the file. */
  store(): Promise<Store> {
    const logger = { info: () => {}, warn: () => {} }
    const context = { clock: this.clock, logger, directory: this.#directory }
    return openStore({ kind: 'sqlite', options: { path: this.file } }, context)
  }

  /** It says nothing more, as after SIGKILL. */
  kill(instance: Instance): void {
    this.#instances = this.#instances.filter((one) => one !== instance)
  }

  /** After `kill`: it was only paused. */
  wake(instance: Instance): void {
    this.#instances.push(instance)
  }

  async seconds(count: number): Promise<void> {
    for (let second = 0; second < count; second++) {
      this.clock.step(1000)
      for (const { engine } of this.#instances) {
        engine.turn()
        engine.cycle()
        await engine.flush()
      }
      for (const { engine } of this.#instances) {
        await engine.tend()
        await engine.alerts.delivery.settled()
      }
    }
  }

  /** What an instance answers, while the others go on. */
  answer({ engine }: Instance): Promise<Snapshot> {
    return this.meanwhile(engine.answer())
  }

  /** Lets the others go on until something is done. */
  async meanwhile<T>(doing: Promise<T>): Promise<T> {
    let done = false
    const result = doing.finally(() => {
      done = true
    })
    while (!done) {
      for (const other of this.#instances) await other.engine.tend()
      await new Promise((resolve) => setTimeout(resolve, 20))
      this.clock.step(100)
    }
    return result
  }
}
