import type { Ledger } from '../../measure/ledger.ts'
import type { Detach } from '../../measure/recorder.ts'
import { collections } from './collections.ts'
import { pulse } from './pulse.ts'

/**
 * Records this thread's event loop and garbage collector, from when the engine says so: a build tool that is done
 * before pays nothing. Series are `main` and `worker`, whichever worker it is.
 */
export class RuntimeRecorder {
  readonly #ledger: Ledger
  #running: readonly Detach[] | undefined

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  follow(on: boolean): void {
    if (!on) this.#stop()
    else if (this.#running === undefined) this.#start()
  }

  #start(): void {
    const ledger = this.#ledger
    try {
      // In no request: the timer would carry the one in whose course the engine was started.
      this.#running = ledger.scopes.run(undefined, () => [pulse(ledger), collections(ledger)])
      ledger.report({ name: 'runtime', state: 'attached' })
    } catch (error) {
      this.#running = []
      ledger.swallow('runtime', error)
      ledger.report({
        name: 'runtime',
        state: 'degraded',
        detail: 'event loop or garbage collector cannot be observed',
      })
    }
  }

  #stop(): void {
    for (const stop of this.#running ?? []) stop()
    this.#running = undefined
  }
}
