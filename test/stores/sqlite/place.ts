import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { SteppedClock } from '../../../contracts/stepped-clock.ts'
import { batchOf } from '../../../contracts/store/figures.ts'
import type { Store } from '../../../src/engine/store.ts'
import { openSqlite, type SqliteOptions } from '../../../src/stores/sqlite.ts'
import { TIERS_MS } from '../../../src/stores/tiers.ts'
import { Said } from '../said.ts'

export const NOON_MS: number = Date.UTC(2026, 0, 15, 12)
export const MINUTE_MS = 60_000
export const HOUR_MS: number = 60 * MINUTE_MS
export const DAY_MS: number = 24 * HOUR_MS

/** An empty directory with a clock and a logger, and SQLite stores opened there; gone when the test ends. */
export class Place {
  readonly directory: string
  readonly clock: SteppedClock = new SteppedClock(NOON_MS)
  readonly said: Said = new Said()
  readonly #stores: Store[] = []
  #ticks = 0

  static async of(context: TestContext): Promise<Place> {
    const place = new Place(await mkdtemp(join(tmpdir(), 'yardstick-sqlite-')))
    context.after(() => place.#remove())
    return place
  }

  private constructor(directory: string) {
    this.directory = directory
  }

  get file(): string {
    return join(this.directory, '.yardstick', 'yardstick.db')
  }

  async open(options: SqliteOptions = {}): Promise<Store> {
    const { directory, clock } = this
    const store = await openSqlite(options, { directory, clock, logger: this.said })
    this.#stores.push(store)
    return store
  }

  /** Gives the store occasions for its housekeeping, without adding to the service `shop`. */
  async tick(store: Store, times = 3): Promise<void> {
    for (let n = 0; n < times; n++) {
      const flush = this.#ticks++
      await store.save(batchOf(this.clock.wallMs(), { service: 'clockwork', flush, slices: [] }))
    }
  }

  /** Looks into the file with a connection of its own. */
  look<T>(sql: string): readonly T[] {
    const db = new DatabaseSync(this.file)
    try {
      return db.prepare(sql).all() as readonly unknown[] as readonly T[]
    } finally {
      db.close()
    }
  }

  /** Rows of the service `shop` by tier: flushes, five seconds, minutes, quarter hours. */
  tiers(): readonly number[] {
    const count = (from: string) =>
      `(SELECT count(*) FROM ${from} AND service = (SELECT id FROM services WHERE name = 'shop'))`
    const cells = TIERS_MS.slice(1).map((tierMs) => count(`cells WHERE tier_ms = ${tierMs}`))
    const [row] = this.look<Record<string, number>>(
      `SELECT ${[count('flushes WHERE true'), ...cells].join()}`,
    )
    return Object.values(row!)
  }

  async #remove(): Promise<void> {
    for (const store of this.#stores) await store.close()
    await rm(this.directory, { recursive: true, force: true })
  }
}
