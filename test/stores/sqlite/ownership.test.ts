import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { batchOf, sliceOf, spansIn } from '../../../contracts/store/figures.ts'
import { Database } from '../../../src/stores/sqlite/database.ts'
import { checkOwner } from '../../../src/stores/sqlite/ownership.ts'
import { migrate } from '../../../src/stores/sqlite/schema.ts'
import { NOON_MS, Place } from './place.ts'

const modeOf = (path: string) => statSync(path).mode & 0o777

for (const [what, text] of [
  ['long', 'Buy milk. '.repeat(1_000)],
  ['short', 'milk\n'],
] as const) {
  test(`a ${what} text file at the path of the store is refused and left as it is`, async (context) => {
    const place = await Place.of(context)
    const path = join(place.directory, 'notes.txt')
    writeFileSync(path, text)
    await assert.rejects(() => place.open({ path: 'notes.txt' }), {
      code: 'YS_STORE_OPEN',
      message: /notes\.txt is not a Yardstick database .*left as it is: set another path, or move the file/,
    })
    assert.equal(readFileSync(path, 'utf8'), text)
    assert.deepEqual(readdirSync(place.directory), ['notes.txt'])
    assert.deepEqual(place.said.warnings, [])
  })
}

test('a text file that takes the place of the store while it is in use is left as it is', async (context) => {
  const place = await Place.of(context)
  const path = join(place.directory, 'figures.db')
  const store = await place.open({ path })
  await store.save(batchOf(NOON_MS))
  for (const suffix of ['', '-wal', '-shm']) renameSync(path + suffix, `${path}.old${suffix}`)
  writeFileSync(path, 'Buy milk. '.repeat(1_000))
  await assert.rejects(() => store.save(batchOf(NOON_MS, { flush: 2 })), { code: 'YS_STORE_OPEN' })
  assert.equal(readFileSync(path, 'utf8'), 'Buy milk. '.repeat(1_000))
})

test('a damaged file with our header is moved aside at any path; one without it is not', async (context) => {
  const place = await Place.of(context)
  const path = join(place.directory, 'figures.db')
  const store = await place.open({ path })
  for (let flush = 1; flush <= 50; flush++) {
    await store.save(batchOf(NOON_MS + flush, { flush, slices: [sliceOf({ okMs: [flush] })] }))
  }
  await store.close()
  truncateSync(path, Math.floor(statSync(path).size / 2))
  const damaged = readFileSync(path)
  const again = await place.open({ path })
  assert.deepEqual(await spansIn(again), [])
  assert.equal(place.said.warnings.length, 1)
  assert.match(place.said.warnings[0]!, /is damaged/)

  const foreign = join(place.directory, 'foreign.db')
  damaged.writeUInt32BE(7, 68)
  writeFileSync(foreign, damaged)
  await assert.rejects(() => place.open({ path: foreign }), {
    code: 'YS_STORE_OPEN',
    message: /not a Yardstick/,
  })
  assert.deepEqual(readFileSync(foreign), damaged)
})

for (const mode of ['DELETE', 'WAL']) {
  test(`another program's database (journal ${mode}) is refused without a byte of it changed`, async (context) => {
    const place = await Place.of(context)
    const path = join(place.directory, 'app.db')
    const db = new DatabaseSync(path)
    db.exec(`PRAGMA journal_mode = ${mode}; CREATE TABLE orders (id INTEGER); INSERT INTO orders VALUES (1)`)
    db.close()
    const before = readFileSync(path)
    await assert.rejects(() => place.open({ path }), { code: 'YS_STORE_OPEN', message: /another program/ })
    assert.deepEqual(readFileSync(path), before)
    assert.deepEqual(readdirSync(place.directory), ['app.db'])
  })
}

test("another program's database in use, its tables still in the log, is refused", async (context) => {
  const place = await Place.of(context)
  const path = join(place.directory, 'app.db')
  const db = new DatabaseSync(path)
  context.after(() => db.close())
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE orders (id INTEGER)')
  const before = readFileSync(`${path}-wal`)
  await assert.rejects(() => place.open({ path }), { code: 'YS_STORE_OPEN', message: /another program/ })
  assert.deepEqual(readFileSync(`${path}-wal`), before)
})

test("another program's database with a log that a crash left behind is refused, file and log unchanged", async (context) => {
  const place = await Place.of(context)
  const db = new DatabaseSync(join(place.directory, 'live.db'))
  context.after(() => db.close())
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE orders (id INTEGER)')
  const path = join(place.directory, 'app.db')
  for (const suffix of ['', '-wal']) copyFileSync(join(place.directory, `live.db${suffix}`), path + suffix)
  const before = ['', '-wal'].map((suffix) => readFileSync(path + suffix))
  await assert.rejects(() => place.open({ path }), { code: 'YS_STORE_OPEN', message: /another program/ })
  assert.deepEqual(
    ['', '-wal'].map((suffix) => readFileSync(path + suffix)),
    before,
  )
})

for (const statements of [1, 2]) {
  test(`a file that another process makes its own after ${statements} looks at it is not another program's`, async (context) => {
    const { directory } = await Place.of(context)
    const path = join(directory, 'figures.db')
    const making = new Database(path)
    context.after(() => making.close())
    making.exec('PRAGMA journal_mode = WAL')
    let looks = 0
    const looking = new (class extends Database {
      override first<T>(sql: string): T | undefined {
        const found = super.first<T>(sql)
        if (++looks === statements) migrate(making, path)
        return found
      }
    })(path, { readOnly: true })
    context.after(() => looking.close())
    checkOwner(looking, path)
  })
}

test('an empty file is taken', async (context) => {
  const place = await Place.of(context)
  writeFileSync(join(place.directory, 'figures.db'), '')
  const store = await place.open({ path: 'figures.db' })
  await store.save(batchOf(NOON_MS))
  assert.equal((await spansIn(store)).length, 1)
})

test('what is made is for its owner only; what was there keeps its mode', async (context) => {
  if (process.platform === 'win32') return context.skip('Windows has no such modes')
  const place = await Place.of(context)
  await (await place.open()).save(batchOf(NOON_MS))
  assert.equal(modeOf(join(place.directory, '.yardstick')), 0o700)
  for (const suffix of ['', '-wal', '-shm']) assert.equal(modeOf(place.file + suffix), 0o600, suffix)
  const shared = join(place.directory, 'shared')
  mkdirSync(shared)
  const before = modeOf(shared)
  await place.open({ path: 'shared/figures.db' })
  assert.equal(modeOf(shared), before)
  assert.equal(modeOf(join(shared, 'figures.db')), 0o600)
})

test('directories are made over several levels, the last one hidden and for its owner', async (context) => {
  const place = await Place.of(context)
  await place.open({ path: 'one/two/three/figures.db' })
  assert.equal(readFileSync(join(place.directory, 'one/two/three/.gitignore'), 'utf8'), '*\n')
  assert.ok(!existsSync(join(place.directory, 'one/.gitignore')))
})

test('a place where no directory can be made is refused at once', async (context) => {
  if (process.platform !== 'linux') return context.skip('needs /proc')
  const place = await Place.of(context)
  for (const path of ['/proc/x/figures.db', '/proc/x/y/z/figures.db']) {
    await assert.rejects(() => place.open({ path }), {
      code: 'YS_STORE_OPEN',
      message: /could not be opened/,
    })
  }
})

for (const [what, link, target] of [
  ['the directory', '.yardstick', 'elsewhere'],
  ['the file', '.yardstick/yardstick.db', 'elsewhere/figures.db'],
] as const) {
  test(`${what} may be a link that the user made, not one that another user put there`, async (context) => {
    if (process.platform === 'win32') return context.skip('Windows makes no links without privileges')
    const place = await Place.of(context)
    chmodSync(place.directory, 0o1777)
    mkdirSync(join(place.directory, 'elsewhere'))
    if (link !== '.yardstick') {
      mkdirSync(join(place.directory, '.yardstick'))
      chmodSync(join(place.directory, '.yardstick'), 0o777)
    }
    symlinkSync(join(place.directory, target), join(place.directory, link))
    const store = await place.open()
    await store.save(batchOf(NOON_MS))
    await store.close()
    const names = readdirSync(join(place.directory, 'elsewhere'))
    assert.deepEqual(names, [link === '.yardstick' ? 'yardstick.db' : 'figures.db'])
    if (process.geteuid?.() !== 0)
      return context.diagnostic('who is not root cannot make another user’s link')
    lchownSync(join(place.directory, link), 65_534, 65_534)
    await assert.rejects(() => place.open(), {
      code: 'YS_STORE_OPEN',
      message: /is a link of another user \(65534, this one is 0\).* Remove it, or set another path/,
    })
    assert.deepEqual(readdirSync(join(place.directory, 'elsewhere')), names)
  })
}

test('a link that another user put where a new file would have its log is not followed', async (context) => {
  if (process.geteuid?.() !== 0) return context.skip('who is not root cannot make another user’s link')
  const place = await Place.of(context)
  mkdirSync(join(place.directory, 'elsewhere'))
  mkdirSync(join(place.directory, '.yardstick'))
  chmodSync(join(place.directory, '.yardstick'), 0o1777)
  const link = `${place.file}-wal`
  symlinkSync(join(place.directory, 'elsewhere', 'log'), link)
  lchownSync(link, 65_534, 65_534)
  await assert.rejects(() => place.open(), {
    code: 'YS_STORE_OPEN',
    message: /-wal is a link of another user/,
  })
  assert.deepEqual(readdirSync(join(place.directory, 'elsewhere')), [])
})

for (const [what, make] of [
  ['a named pipe', (path: string) => execFileSync('mkfifo', [path])],
  ['a device', (path: string) => execFileSync('mknod', [path, 'c', '1', '3'])],
] as const) {
  test(`${what} that another user put where everybody may put things is called what it is`, async (context) => {
    if (process.geteuid?.() !== 0) return context.skip('who is not root cannot make another user’s')
    const place = await Place.of(context)
    mkdirSync(join(place.directory, '.yardstick'))
    chmodSync(join(place.directory, '.yardstick'), 0o1777)
    try {
      make(place.file)
    } catch {
      return context.skip(`the system makes no ${what.slice(2)} here`)
    }
    lchownSync(place.file, 65_534, 65_534)
    await assert.rejects(() => place.open(), {
      code: 'YS_STORE_OPEN',
      message: new RegExp(`yardstick\\.db is ${what} of another user`),
    })
  })
}

test('a directory that another user put where everybody may put things is not written to', async (context) => {
  if (process.geteuid?.() !== 0) return context.skip('who is not root cannot make another user’s directory')
  const place = await Place.of(context)
  chmodSync(place.directory, 0o1777)
  mkdirSync(join(place.directory, '.yardstick'))
  lchownSync(join(place.directory, '.yardstick'), 65_534, 65_534)
  await assert.rejects(() => place.open(), {
    code: 'YS_STORE_OPEN',
    message: /is a directory of another user/,
  })
  assert.deepEqual(readdirSync(join(place.directory, '.yardstick')), [])
})
