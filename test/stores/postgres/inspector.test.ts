import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { all, batchOf, eventOf, eventsIn, sumsIn } from '../../../contracts/store/figures.ts'
import { inspectStore } from '../../../src/stores/inspect.ts'
import { exportLines, importLines, openExport } from '../../../src/stores/transfer.ts'
import { noPostgres } from '../../servers/postgres.ts'
import { HOUR_MS, NOON_MS, Place, serverOfFile } from './place.ts'

describe('looking into PostgreSQL', { skip: noPostgres }, async () => {
  if (noPostgres !== false) return
  const server = await serverOfFile()
  const inspect = (place: Place) =>
    inspectStore({ kind: 'postgres', options: { url: server.url, schema: place.schema } }, '.')

  async function filled(place: Place): Promise<void> {
    const store = await place.open()
    for (let flush = 1; flush <= 30; flush++) {
      place.clock.step(5_000)
      await store.save(batchOf(place.clock.wallMs(), { flush, instance: flush % 2 ? 'one' : 'two' }))
    }
    await place.rest(store)
    place.clock.step(2 * HOUR_MS)
    await place.tick(store)
    await store.save(batchOf(place.clock.wallMs(), { flush: 31, events: [eventOf(NOON_MS, 'first')] }))
    await store.claim('shop', 'notice \u0000', NOON_MS)
  }

  test('says what is there, without making anything', async (context) => {
    const place = new Place(server, context)
    const before = await inspect(place)
    const nothing = await before.info()
    await before.close()
    assert.deepEqual([nothing.schema, nothing.services, nothing.bytes], [0, [], 0])
    assert.deepEqual(await server.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [place.schema]), [])

    await filled(place)
    const inspector = await inspect(place)
    const info = await inspector.info()
    assert.deepEqual(info.services, ['clockwork', 'shop'])
    assert.equal(info.schema, info.newestSchema)
    assert.ok(info.bytes > 100_000)
    assert.deepEqual([info.events, info.claims], [1, 1])
    assert.deepEqual(
      info.tiers.map(({ tierMs, rows }) => [tierMs, rows > 0]),
      [
        [5_000, true],
        [60_000, true],
        [900_000, false],
      ],
      'flushes are of five seconds',
    )
    assert.deepEqual(
      info.instances
        .filter(({ service }) => service === 'shop')
        .map(({ instance, host }) => [instance, host]),
      [
        ['one', 'shop-1'],
        ['two', undefined],
      ],
    )
    assert.deepEqual(
      info.leases.map(({ name, token }) => [name, token]),
      [['yardstick/upkeep', 1n]],
    )
    assert.deepEqual(await all(inspector.verify()), [])
    await inspector.close()
  })

  test('names what cannot be read; a reader leaves it out and says so', async (context) => {
    const place = new Place(server, context)
    await filled(place)
    await place.look(`UPDATE @counts SET packed = set_byte(packed, 3, 255 - get_byte(packed, 3))
      WHERE (service, slot) = (SELECT service, min(slot) FROM @counts WHERE service = 'shop' GROUP BY service)`)
    const inspector = await inspect(place)
    const bad = await all(inspector.verify())
    await inspector.close()
    assert.equal(bad.length, 1)
    assert.match(bad[0]!.where, /^counts shop 60000 \d+ 1$/)
    assert.equal(bad[0]!.error.code, 'YS_STORE_DATA')
    const sums = (await sumsIn(await place.open())) as Record<string, { ok: number }>
    assert.ok(sums['8:database:user_lookup']!.ok < 31)
    assert.match(place.said.warnings.join('\n'), /cannot be read; they are left out/)
  })

  test('what is exported and imported elsewhere is the same', async (context) => {
    const place = new Place(server, context)
    await filled(place)
    const inspector = await inspect(place)
    const lines = await all(exportLines(inspector))
    await inspector.close()
    const other = new Place(server, context)
    const store = await other.open()
    for (let twice = 0; twice < 2; twice++) {
      const each = (async function* () {
        yield* lines
      })()
      await importLines(store, await openExport(each))
    }
    const first = await place.open()
    assert.deepEqual(await sumsIn(store), await sumsIn(first))
    assert.deepEqual(await eventsIn(store), await eventsIn(first))
    assert.equal(await store.claim('shop', 'notice \u0000', NOON_MS), false)
  })
})
