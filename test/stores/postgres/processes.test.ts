import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { batchOf, eventsIn, flushesIn, sumsIn } from '../../../contracts/store/figures.ts'
import { systemClock } from '../../../src/ground/clock.ts'
import { openPostgres } from '../../../src/stores/postgres.ts'
import { noPostgres, PostgresServer } from '../../servers/postgres.ts'
import { Said } from '../said.ts'
import { NOON_MS, Place, serverOfFile } from './place.ts'

const child = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** A process that saves until it is killed; `saved` is the last flush that it was told is saved. */
class Writer {
  saved = 0
  readonly instance: string
  readonly #process: ChildProcess

  constructor(url: string, schema: string, instance: string) {
    this.instance = instance
    this.#process = spawn(process.execPath, [child('./save-child.ts'), url, schema, instance], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    this.#process.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const lines = text.split('\n')
      text = lines.pop()!
      for (const line of lines) this.saved = Number(line)
    })
  }

  async reached(flush: number): Promise<void> {
    while (this.saved < flush) await once(this.#process.stdout!, 'data')
  }

  async kill(): Promise<void> {
    const closed = once(this.#process, 'close')
    this.#process.kill('SIGKILL')
    await closed
  }
}

/** The numbers that a fair coin's rather too regular cousin gives: the same chaos every time. */
function* dice(): Generator<number, never> {
  for (let seed = 4_711; ; ) {
    seed = (seed * 48_271) % 2_147_483_647
    yield seed / 2_147_483_647
  }
}

describe('PostgreSQL and processes', { skip: noPostgres }, async () => {
  if (noPostgres !== false) return
  const server = await serverOfFile()

  test('the server stops ten times, writers are killed: all that was said to be saved is there, once', async (context) => {
    // A server that forgets nothing in a crash; half of the stops are crashes.
    const crashing = await PostgresServer.start({ max_connections: '50', shared_buffers: '32MB' })
    context.after(() => crashing.remove())
    const roll = dice()
    const gone: Writer[] = []
    const place = { url: crashing.url, schema: 'chaos' }
    let started = 0
    const start = () => new Writer(place.url, place.schema, `writer-${started++}`)
    const writers = [start(), start(), start()]
    for (let round = 0; round < 10; round++) {
      for (const writer of writers) await writer.reached(writer.saved + 5)
      if (roll.next().value < 0.7) {
        const at = Math.floor(roll.next().value * writers.length)
        await writers[at]!.kill()
        gone.push(writers[at]!)
        writers[at] = start()
      }
      await crashing.stop(round % 2 === 0 ? 'fast' : 'immediate')
      if (roll.next().value < 0.5) {
        const at = Math.floor(roll.next().value * writers.length)
        await writers[at]!.kill()
        gone.push(writers[at]!)
        writers[at] = start()
      }
      await setTimeout(roll.next().value * 200)
      await crashing.start()
    }
    for (const writer of writers) await writer.reached(writer.saved + 5)
    for (const writer of writers) await writer.kill()
    gone.push(...writers)

    const store = await openPostgres(place, { directory: '.', clock: systemClock, logger: new Said() })
    context.after(() => store.close())
    const found = await flushesIn(store, {}, { sinceMs: Date.now() - 3_600_000 })
    let flushes = 0
    for (const { instance, saved } of gone) {
      const mine = found.filter((each) => each.instance === instance).map(({ flush }) => flush)
      // Nothing missing, nothing twice; the last one may have been saved without the writer living to hear of it.
      assert.deepEqual(
        mine,
        Array.from({ length: mine.length }, (_, n) => n + 1),
      )
      assert.ok(mine.length === saved || mine.length === saved + 1, `${instance}: ${mine.length} of ${saved}`)
      flushes += mine.length
    }
    assert.ok(flushes > 150, `${flushes} flushes`)
    const sums = (await sumsIn(store)) as Record<string, { ok: number }>
    for (let query = 0; query < 10; query++) {
      assert.equal(sums[`8:database:query ${query}`]?.ok, 2 * flushes)
    }
    assert.equal((await eventsIn(store)).length, flushes)
  })

  test('while the database is gone saving fails with a code, nothing else happens; then all goes on by itself', async (context) => {
    const outage = await PostgresServer.start({ max_connections: '50', shared_buffers: '32MB' })
    context.after(() => outage.remove())
    const said = new Said()
    const context_ = { directory: '.', clock: systemClock, logger: said }
    const store = await openPostgres({ url: outage.url }, context_)
    context.after(() => store.close())
    await store.save(batchOf(NOON_MS, { flush: 1 }))
    await outage.stop('immediate')
    for (let n = 0; n < 3; n++) {
      await assert.rejects(store.save(batchOf(NOON_MS, { flush: 2 })), { code: 'YS_STORE_FAILED' })
      await assert.rejects(store.lease('judge', 1_000), { code: 'YS_STORE_FAILED' })
      await assert.rejects(sumsIn(store), { code: 'YS_STORE_FAILED' })
    }
    const late = await openPostgres({ url: outage.url }, context_)
    context.after(() => late.close())
    assert.match(said.warnings.join('\n'), /cannot be reached for now/)
    await assert.rejects(late.save(batchOf(NOON_MS, { flush: 1, instance: 'late' })), {
      code: 'YS_STORE_FAILED',
    })
    await outage.start()
    await store.save(batchOf(NOON_MS, { flush: 2 }))
    await store.save(batchOf(NOON_MS, { flush: 2 }))
    assert.deepEqual(said.infos, [])
    await late.save(batchOf(NOON_MS, { flush: 1, instance: 'late' }))
    assert.equal(said.infos.length, 1)
    assert.match(said.infos[0]!, /can be reached now/)
    const sums = (await sumsIn(store)) as Record<string, { ok: number }>
    assert.equal(sums['8:database:user_lookup']?.ok, 3)
  })

  test('tables that were dropped while in use are made again', async (context) => {
    const place = new Place(server, context)
    const store = await place.open()
    await store.save(batchOf(NOON_MS, { flush: 1 }))
    await server.query(`DROP SCHEMA ${place.schema} CASCADE`)
    await assert.rejects(store.save(batchOf(NOON_MS, { flush: 2 })), { code: 'YS_STORE_FAILED' })
    await store.save(batchOf(NOON_MS, { flush: 2 }))
    assert.deepEqual(
      (await flushesIn(store)).map(({ flush }) => flush),
      [2],
    )
  })

  test('a holder that stands still loses its lease, and can do no harm when it goes on', async (context) => {
    const place = new Place(server, context)
    const next = await openPostgres(
      { url: server.url, schema: place.schema },
      { directory: '.', clock: systemClock, logger: new Said() },
    )
    context.after(() => next.close())
    const holder = spawn(process.execPath, [child('./holder-child.ts'), server.url, place.schema], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    context.after(() => holder.kill('SIGKILL'))
    let told = ''
    holder.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      told += chunk
    })
    const line = async (n: number): Promise<string> => {
      while (told.split('\n').length <= n) await once(holder.stdout, 'data')
      return told.split('\n')[n - 1]!
    }
    const token = BigInt(await line(1))
    assert.equal(await next.lease('judge', 1_000), undefined)
    holder.kill('SIGSTOP')
    let taken: bigint | undefined
    while (taken === undefined) taken = await next.lease('judge', 60_000)
    assert.ok(taken > token)
    const bytes = Uint8Array.of(2)
    assert.equal(await next.publish('shop', { atMs: NOON_MS, token: taken, bytes }), true)
    holder.kill('SIGCONT')
    holder.stdin.end('go on\n')
    assert.equal(await line(2), 'published false, appended false, lease none')
    assert.deepEqual([...(await next.published('shop'))!.bytes], [2])
    assert.deepEqual(await eventsIn(next), [])
  })

  test('a flush that is being saved for long holds up nobody and is read once it is there', async (context) => {
    const place = new Place(server, context)
    const store = await place.open()
    await store.save(batchOf(NOON_MS, { flush: 1, instance: 'slow' }))
    // As a save that is under way: its instance's row is locked, its flush not yet visible.
    const { Database } = await import('../../../src/stores/postgres/database.ts')
    const { saveBatch } = await import('../../../src/stores/postgres/save.ts')
    const { pgModule } = await import('../../../src/stores/postgres/module.ts')
    const { packSlices } = await import('../../../src/stores/blob.ts')
    const { packPresence } = await import('../../../src/stores/presence.ts')
    const db = new Database(await pgModule(), { url: server.url, schema: place.schema })
    context.after(() => db.close())
    const batch = batchOf(NOON_MS, { flush: 2, instance: 'slow' })
    const open = await db.begin('save to')
    const packed = { batch, slices: packSlices(batch.slices), presence: packPresence(batch.presence) }
    await saveBatch(open.tx, packed, place.clock.wallMs())

    const known: Record<string, number> = {}
    const read = async (): Promise<readonly string[]> => {
      const found = await flushesIn(store, known, { sinceMs: place.clock.wallMs() })
      for (const { instance, flush } of found) known[instance] = flush
      return found.map(({ instance, flush }) => `${instance} ${flush}`)
    }
    assert.deepEqual(await read(), ['slow 1'])
    const again = store.save(batch)
    for (let flush = 1; flush <= 3; flush++) {
      place.clock.step(5_000)
      await (await place.open()).save(batchOf(NOON_MS, { flush, instance: 'quick' }))
      assert.deepEqual(await read(), [`quick ${flush}`])
    }
    await open.commit()
    await again
    assert.deepEqual(await read(), ['slow 2'])
    assert.deepEqual(await read(), [])
  })
})
