import { after, type TestContext } from 'node:test'
import { SteppedClock } from '../../../contracts/stepped-clock.ts'
import { batchOf } from '../../../contracts/store/figures.ts'
import type { Store } from '../../../src/engine/store.ts'
import { openPostgres, type PostgresOptions } from '../../../src/stores/postgres.ts'
import { PostgresServer } from '../../servers/postgres.ts'
import { Said } from '../said.ts'

export const NOON_MS: number = Date.UTC(2026, 0, 15, 12)
export const MINUTE_MS = 60_000
export const HOUR_MS: number = 60 * MINUTE_MS
export const DAY_MS: number = 24 * HOUR_MS

let schemas = 0

/** A server for the tests of a file; gone when they end. */
export async function serverOfFile(): Promise<PostgresServer> {
  const server = await PostgresServer.start()
  after(() => server.remove())
  return server
}

/** A schema of a test's own with a clock and a logger, and stores opened there. */
export class Place {
  readonly schema: string = `place_${schemas++}`
  readonly clock: SteppedClock = new SteppedClock(NOON_MS)
  readonly said: Said = new Said()
  readonly #server: PostgresServer
  readonly #stores: Store[] = []
  #ticks = 0

  constructor(server: PostgresServer, context: TestContext) {
    this.#server = server
    context.after(async () => {
      for (const store of this.#stores) await store.close()
    })
  }

  async open(options: PostgresOptions = {}): Promise<Store> {
    const { schema, clock, said } = this
    const store = await openPostgres(
      { url: this.#server.url, schema, ...options },
      { directory: '.', clock, logger: said },
    )
    this.#stores.push(store)
    return store
  }

  /** Gives the store occasions for its upkeep, without adding to the service `shop`. */
  async tick(store: Store, times = 3): Promise<void> {
    for (let n = 0; n < times; n++) {
      const flush = this.#ticks++
      await store.save(batchOf(this.clock.wallMs(), { service: 'clockwork', flush, slices: [] }))
    }
  }

  /** Lets all lanes have their turn. */
  async rest(store: Store): Promise<void> {
    for (let minute = 0; minute < 4; minute++) {
      this.clock.step(MINUTE_MS)
      await this.tick(store)
    }
  }

  /** Looks into the tables of this place. */
  look<R extends Record<string, unknown>>(sql: string): Promise<readonly R[]> {
    return this.#server.query<R>(sql.replaceAll('@', `${this.schema}.`))
  }

  /** Rows of the service `shop` by tier: flushes, five seconds, minutes, quarter hours. */
  async tiers(): Promise<readonly number[]> {
    const cells = (tierMs: number) =>
      `(SELECT count(*)::int FROM @cells WHERE service = 'shop' AND tier_ms = ${tierMs})`
    const [row] = await this.look<{ readonly n: readonly number[] }>(`
      SELECT ARRAY[(SELECT count(*)::int FROM @flushes WHERE service = 'shop'),
        ${cells(5_000)}, ${cells(60_000)}, ${cells(900_000)}] AS n`)
    return row!.n
  }
}
