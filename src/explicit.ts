import type { Ledger } from './measure/ledger.ts'
import { override } from './recorders/libraries/override.ts'
import { current } from './running.ts'

type AnyMethod = (this: unknown, ...given: unknown[]) => unknown

/**
 * What makes routes known where the application says so itself. It may be bundled with the application, so it starts
 * nothing: it meets what the preload has set up. An error of ours is told once, and nothing is tried again.
 */
export class Explicit {
  readonly #name: string
  #on = true

  constructor(name: string) {
    this.#name = name
  }

  readonly safely = (run: () => void): void => {
    try {
      if (this.#on) run()
    } catch (error) {
      this.caught(error)
    }
  }

  caught(error: unknown): void {
    this.#on = false
    const ledger: Ledger | undefined = current()?.ledger
    ledger?.swallow(this.#name, error)
    const detail = 'the routes that the application makes known failed; they are missing from now on'
    ledger?.report({ name: this.#name, state: 'degraded', detail })
  }

  replace(target: object, name: PropertyKey, make: (original: never) => unknown): void {
    override(target as Record<PropertyKey, AnyMethod>, name, make as (original: AnyMethod) => AnyMethod)
  }
}
