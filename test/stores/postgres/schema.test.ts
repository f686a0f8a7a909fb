import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { batchOf, sumsIn } from '../../../contracts/store/figures.ts'
import { openStore } from '../../../src/stores/open.ts'
import { Database } from '../../../src/stores/postgres/database.ts'
import { migrate } from '../../../src/stores/postgres/migrate.ts'
import { pgModule } from '../../../src/stores/postgres/module.ts'
import { MIGRATIONS } from '../../../src/stores/postgres/schema.ts'
import { openPostgres } from '../../../src/stores/postgres.ts'
import { noPostgres } from '../../servers/postgres.ts'
import { NOON_MS, Place, serverOfFile } from './place.ts'

describe('tables in PostgreSQL', { skip: noPostgres }, async () => {
  if (noPostgres !== false) return
  const server = await serverOfFile()

  test('eight processes that start together make the tables once, and all of them save', async (context) => {
    const place = new Place(server, context)
    const child = fileURLToPath(new URL('./save-child.ts', import.meta.url))
    const codes = await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        const [code] = await once(
          fork(child, [server.url, place.schema, `i${n}`, '3'], {
            stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
          }),
          'exit',
        )
        return code as number
      }),
    )
    assert.deepEqual(codes, Array(8).fill(0))
    const versions = await place.look('SELECT version FROM @yardstick_versions')
    assert.deepEqual(versions, [{ version: MIGRATIONS.length }])
    const sums = (await sumsIn(await place.open())) as Record<string, { ok: number }>
    assert.equal(sums['8:database:query 0']?.ok, 8 * 3 * 2)
  })

  test('an older Yardstick that is still running saves no more once a newer one changed the tables', async (context) => {
    const place = new Place(server, context)
    const old = await place.open()
    await old.save(batchOf(NOON_MS, { flush: 1 }))
    assert.ok(await old.lease('judge', 1_000))
    const db = new Database(await pgModule(), { url: server.url, schema: place.schema })
    context.after(() => db.close())
    await migrate(db, [...MIGRATIONS, 'ALTER TABLE instances ADD COLUMN later text'])
    await assert.rejects(old.save(batchOf(NOON_MS, { flush: 2 })), { code: 'YS_STORE_SCHEMA' })
    assert.equal(await old.lease('judge', 1_000), undefined, 'the newer ones judge')
    await assert.rejects(place.open(), { code: 'YS_STORE_SCHEMA', message: /tables of version 2.*up to 1/ })
    const flushes = await place.look('SELECT flush::int FROM @flushes')
    assert.deepEqual(flushes, [{ flush: 1 }])
  })

  test('a step that fails leaves the version before it', async (context) => {
    const place = new Place(server, context)
    await place.open()
    const db = new Database(await pgModule(), { url: server.url, schema: place.schema })
    context.after(() => db.close())
    await assert.rejects(migrate(db, [...MIGRATIONS, 'CREATE TABLE fresh (a int); SELECT 1 / 0']))
    assert.deepEqual(await place.look('SELECT max(version) AS version FROM @yardstick_versions'), [
      { version: 1 },
    ])
    await place.open()
  })

  test('a user without any right of an administrator suffices: CREATE on the database, or a schema of its own', async (context) => {
    await server.query('CREATE ROLE shop LOGIN')
    await server.query('CREATE DATABASE figures')
    const place = new Place(server, context)
    const url = server.urlFor('shop', 'figures')
    await assert.rejects(place.open({ url }), {
      code: 'YS_STORE_OPEN',
      message: /permission denied for database figures.*operations\.md/,
    })
    await server.query('GRANT CREATE ON DATABASE figures TO shop')
    const store = await place.open({ url })
    await store.save(batchOf(NOON_MS))
    assert.notDeepEqual(await sumsIn(store), {})

    await server.query('CREATE ROLE billing LOGIN')
    await server.query(`CREATE SCHEMA billing_figures AUTHORIZATION billing`)
    const other = await place.open({ url: server.urlFor('billing'), schema: 'billing_figures' })
    await other.save(batchOf(NOON_MS))
    assert.notDeepEqual(await sumsIn(other), {})
  })

  test('a database that is not there, or a URL that is none, is said at the opening; the service goes on in memory', async (context) => {
    const place = new Place(server, context)
    await assert.rejects(place.open({ url: server.urlFor('postgres', 'nowhere') }), { code: 'YS_STORE_OPEN' })
    await assert.rejects(place.open({ url: 'shop-db:5432' }), { code: 'YS_STORE_OPEN' })
    const { clock, said: logger } = place
    const options = { url: server.urlFor('postgres', 'nowhere') }
    const store = await openStore({ kind: 'postgres', options }, { clock, logger, directory: '.' })
    assert.equal(store.name, 'memory')
    assert.match(logger.warnings.join('\n'), /database "nowhere" does not exist.*Going on in memory/)
  })

  test('no password is ever said', async (context) => {
    const place = new Place(server, context)
    const url = `postgres://postgres:s3cret@127.0.0.1:1/postgres`
    const store = await openPostgres({ url }, { clock: place.clock, logger: place.said, directory: '.' })
    const error = await store.save(batchOf(NOON_MS)).catch((failure: Error) => failure)
    assert.match(`${place.said.warnings.join()} ${(error as Error).message}`, /127\.0\.0\.1:1/)
    assert.doesNotMatch(`${place.said.warnings.join()} ${(error as Error).message}`, /s3cret/)
    await store.close()
  })
})
