import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { batchOf, eventOf, eventsIn, sliceOf, spansIn, sumsIn } from '../../../contracts/store/figures.ts'
import type { Store } from '../../../src/engine/store.ts'
import { openStore } from '../../../src/stores/open.ts'
import { Database } from '../../../src/stores/sqlite/database.ts'
import { MIGRATIONS, migrate } from '../../../src/stores/sqlite/schema.ts'
import { sqlite } from '../../../src/stores/sqlite.ts'
import { HOUR_MS, NOON_MS, Place } from './place.ts'

async function record(store: Store, flushes: number): Promise<void> {
  for (let flush = 1; flush <= flushes; flush++) {
    const slices = Array.from({ length: 50 }, (_, n) => sliceOf({ okMs: [flush, n] }, { name: `query ${n}` }))
    await store.save(batchOf(NOON_MS + flush * 1_000, { flush, slices }))
  }
}

const kept = (place: Place) =>
  readdirSync(join(place.directory, '.yardstick')).filter((name) => name.includes('corrupt'))

test('by default the file lies in .yardstick beside the application, hidden from git', async (context) => {
  const place = await Place.of(context)
  await (await place.open()).save(batchOf(NOON_MS))
  assert.ok(statSync(place.file).size > 0)
  assert.equal(readFileSync(join(place.directory, '.yardstick', '.gitignore'), 'utf8'), '*\n')
})

test('a directory that was there before gets no .gitignore', async (context) => {
  const place = await Place.of(context)
  mkdirSync(join(place.directory, 'data'))
  await place.open({ path: 'data/figures.db' })
  assert.deepEqual(
    readdirSync(join(place.directory, 'data')).filter((name) => !name.startsWith('figures.db')),
    [],
  )
})

test('a file that is not SQLite is kept aside, said aloud, and a fresh one begun', async (context) => {
  const place = await Place.of(context)
  mkdirSync(join(place.directory, '.yardstick'))
  writeFileSync(place.file, 'not a database, '.repeat(500))
  const store = await place.open()
  await store.save(batchOf(NOON_MS))
  assert.equal((await spansIn(store)).length, 1)
  assert.deepEqual(kept(place), ['yardstick.db.corrupt-2026-01-15T12-00-00.000Z'])
  assert.equal(
    readFileSync(join(place.directory, '.yardstick', kept(place)[0]!), 'utf8').slice(0, 14),
    'not a database',
  )
  assert.equal(place.said.warnings.length, 1)
  assert.match(place.said.warnings[0]!, /is damaged .* It was kept as .*corrupt-2026/)
})

test('a file that was cut off is kept aside and a fresh one begun', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await record(store, 100)
  await store.close()
  truncateSync(place.file, Math.floor(statSync(place.file).size / 2))
  const again = await place.open()
  await again.save(batchOf(NOON_MS))
  assert.equal(kept(place).length, 1)
  assert.equal((await spansIn(again)).length, 1)
})

test('a file that is damaged while in use is replaced at the first save that finds out; no save is lost', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  const other = await place.open()
  await record(store, 100)
  // Checkpointed, so that the damage is not hidden by the log.
  place.look('PRAGMA wal_checkpoint(TRUNCATE)')
  const damaged = readFileSync(place.file)
  damaged.fill(0xa5, 4096)
  writeFileSync(place.file, damaged)
  await store.save(batchOf(NOON_MS + 200_000, { flush: 200 }))
  await other.save(batchOf(NOON_MS + 200_000, { flush: 200, instance: 'two' }))
  assert.equal(kept(place).filter((name) => !/-(wal|shm)$/.test(name)).length, 1)
  assert.equal((await spansIn(other)).length, 1)
  const sums = (await sumsIn(store)) as Record<string, { ok: number }>
  assert.equal(sums['8:database:user_lookup']?.ok, 2)
})

test('of many damaged files the last three are kept', async (context) => {
  const place = await Place.of(context)
  mkdirSync(join(place.directory, '.yardstick'))
  for (let n = 0; n < 5; n++) {
    place.clock.step(1_000)
    writeFileSync(place.file, `damage ${n} `.repeat(500))
    await (await place.open()).close()
  }
  assert.equal(kept(place).length, 3)
  assert.match(readFileSync(join(place.directory, '.yardstick', kept(place)[2]!), 'utf8'), /^damage 4/)
})

test('a row that cannot be read is left out and said once; the others count', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await record(store, 3)
  const db = new DatabaseSync(place.file)
  db.exec('UPDATE flushes SET slices = zeroblob(40) WHERE flush = 2')
  db.close()
  const sums = (await sumsIn(store)) as Record<string, { ok: number }>
  assert.equal(sums['8:database:query 0']?.ok, 4)
  place.clock.step(HOUR_MS)
  await place.tick(store)
  assert.deepEqual(await sumsIn(store), sums)
  assert.equal(place.said.warnings.length, 1)
  assert.match(place.said.warnings[0]!, /rows that cannot be read.*expected format 1, got format 0/)
})

test('a file that is deleted while in use is begun again', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await record(store, 3)
  rmSync(join(place.directory, '.yardstick'), { recursive: true })
  await store.save(batchOf(NOON_MS + 9_000, { flush: 9 }))
  const other = await place.open()
  assert.equal((await spansIn(other)).length, 1)
  assert.match(
    place.said.warnings.join(),
    /^\S+yardstick\.db was deleted or replaced while in use[^,]*$/,
    'once',
  )
})

test("another program's database is refused, not written into", async (context) => {
  const place = await Place.of(context)
  const path = join(place.directory, 'app.db')
  const db = new DatabaseSync(path)
  db.exec('CREATE TABLE orders (id INTEGER)')
  db.close()
  await assert.rejects(() => place.open({ path }), { code: 'YS_STORE_OPEN', message: /another program/ })
})

test('tables of a newer Yardstick are refused, at opening and while in use', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await store.save(batchOf(NOON_MS))
  const db = new DatabaseSync(place.file)
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`)
  db.close()
  const refused = { code: 'YS_STORE_SCHEMA', message: /tables of version 3, this Yardstick knows up to 2/ }
  await assert.rejects(() => place.open(), refused)
  await assert.rejects(() => store.save(batchOf(NOON_MS, { flush: 2 })), refused)
  assert.equal(await store.lease('judge', 1_000), undefined, 'the newer ones judge')
  const { directory, clock, said: logger } = place
  assert.equal((await openStore(sqlite(), { directory, clock, logger })).name, 'memory')
  assert.match(place.said.warnings.join(), /YS_STORE_SCHEMA.*Going on in memory/)
})

test('older tables are brought forward, step by step, and keep what they hold', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await store.save(batchOf(NOON_MS, { events: [eventOf(NOON_MS, 1)] }))
  const next = [
    ...MIGRATIONS,
    'ALTER TABLE events ADD COLUMN source TEXT',
    'CREATE TABLE notes (text TEXT) STRICT',
  ]
  const db = new Database(place.file)
  context.after(() => db.close())
  migrate(db, place.file, next)
  migrate(db, place.file, next)
  assert.equal(db.pragma('user_version'), next.length)
  assert.deepEqual({ ...db.first<object>('SELECT kind, source FROM events') }, { kind: 'n', source: null })
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
  assert.equal((await eventsIn(store)).length, 1)
})

test('a step of a migration that fails leaves the tables as they were', async (context) => {
  const place = await Place.of(context)
  await place.open()
  const db = new Database(place.file)
  context.after(() => db.close())
  const next = [...MIGRATIONS, 'CREATE TABLE half (a INTEGER)', 'NOT SQL']
  assert.throws(() => migrate(db, place.file, next), /syntax error/)
  assert.equal(db.pragma('user_version'), MIGRATIONS.length)
  assert.equal(db.first(`SELECT 1 FROM sqlite_schema WHERE name = 'half'`), undefined)
})

test('where no file can be made, openStore goes on in memory and says so once', async (context) => {
  const place = await Place.of(context)
  writeFileSync(join(place.directory, 'taken'), '')
  const path = 'taken/yardstick.db'
  await assert.rejects(() => place.open({ path }), { code: 'YS_STORE_OPEN', message: /could not be opened/ })
  const { directory, clock, said: logger } = place
  const store = await openStore(sqlite({ path }), { directory, clock, logger })
  assert.equal(store.name, 'memory')
  await store.save(batchOf(NOON_MS))
  assert.equal((await spansIn(store)).length, 1)
  assert.equal(place.said.warnings.length, 1)
  assert.match(place.said.warnings[0]!, /taken.*YS_STORE_OPEN.*Going on in memory/)
})

const open = fileURLToPath(new URL('./open-child.ts', import.meta.url))

test('a directory or file that may not be written is refused at opening', async (context) => {
  const place = await Place.of(context)
  await (await place.open()).close()
  // Root may write anywhere: the child is somebody else then.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const child = (...args: readonly string[]) =>
    spawnSync(process.execPath, args, { encoding: 'utf8', cwd: '/', ...nobody })
  chmodSync(place.directory, 0o755)
  chmodSync(join(place.directory, '.yardstick'), 0o555)
  chmodSync(place.file, 0o444)
  const reach = 'for (const path of process.argv.slice(1)) fs.statSync(path)'
  if (child('-e', reach, open, place.file).status !== 0) {
    return context.skip('another user cannot reach this checkout')
  }
  try {
    for (const path of ['.yardstick/yardstick.db', '.yardstick/fresh.db', 'fresh/yardstick.db']) {
      if (path.startsWith('fresh')) chmodSync(place.directory, 0o555)
      const { stdout, stderr } = child(open, place.directory, path)
      assert.equal(stdout.trim(), 'YS_STORE_OPEN', `${path}: ${stderr}`)
    }
  } finally {
    chmodSync(place.directory, 0o755)
    chmodSync(join(place.directory, '.yardstick'), 0o755)
  }
})

test('a file that somebody else has locked fails the save; it succeeds when tried again', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  const db = new DatabaseSync(place.file)
  context.after(() => db.close())
  db.exec('BEGIN IMMEDIATE')
  await assert.rejects(() => store.save(batchOf(NOON_MS)), { code: 'YS_STORE_FAILED', message: /locked/ })
  db.exec('ROLLBACK')
  await store.save(batchOf(NOON_MS))
  assert.equal((await spansIn(store)).length, 1)
})
