import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { batchOf, eventOf, presenceOf, sliceOf, sumsIn } from '../../contracts/store/figures.ts'
import type { Store } from '../../src/engine/store.ts'
import { type Clock, systemClock } from '../../src/ground/clock.ts'
import { openSqlite } from '../../src/stores/sqlite.ts'
import { ending } from './ending.ts'
import { MAIN } from './fixture/main.ts'
import { folder } from './folder.ts'

type At = (name: string) => string

const store = (at: At, ...words: readonly string[]) => ending([MAIN, 'store', ...words], { cwd: at('.') })

async function opened(
  at: At,
  path: string,
  use: (store: Store) => Promise<void>,
  clock: Clock = systemClock,
): Promise<void> {
  const logger = { info: () => {}, warn: assert.fail }
  const file = await openSqlite({ path }, { directory: at('.'), clock, logger })
  await use(file)
  await file.close()
}

/** A folder in which a service has run for an hour, until now. */
async function served(t: TestContext): Promise<At> {
  const at = folder(t, {})
  const endMs = Date.now()
  let toMs = endMs
  const run = async (file: Store): Promise<void> => {
    for (let minute = 60; minute >= 0; minute--) {
      toMs = endMs - minute * 60_000
      const slices = [sliceOf({ okMs: [minute] })]
      const presence = presenceOf({ host: 'shop-7', pid: 42 })
      await file.save(
        batchOf(toMs, { flush: 61 - minute, slices, presence, events: [eventOf(toMs, minute)] }),
      )
    }
    await file.claim('shop', 'notice', toMs)
    await file.lease('judge', 60_000)
  }
  // Saved as it was measured: what comes now rests a minute, however old, before it is folded.
  await opened(at, '.yardstick/yardstick.db', run, { ...systemClock, wallMs: () => toMs })
  return at
}

test('info says what is kept, how old it is and who saved it', async (t) => {
  const at = await served(t)
  const { code, stdout, stderr } = await store(at, 'info')
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(
    stdout,
    /^sqlite {2}.*yardstick\.db\n0\.\d MiB · tables of version 2\nservices: shop · 61 events · 1 claims/,
  )
  assert.match(stdout, /\n1 s +1\d .*\n5 s +5\d .* 1 h\n1 min +0 +– +–/)
  assert.match(stdout, /\n[\d.]+ (?:ms|s|min) ago +shop +one +shop-7 +42 +0\.1\.0\n/)
  assert.match(stdout, /\njudge +1 +\S+ +given back\n/)
  const json = JSON.parse((await store(at, 'info', '--json')).stdout)
  assert.equal(json.tiers.length, 4)
  assert.deepEqual(
    [json.events, json.claims, json.instances[0].host, json.leases[0].token],
    [61, 1, 'shop-7', '1'],
  )
})

test('verify is content with what is whole, and names what is not', async (t) => {
  const at = await served(t)
  assert.deepEqual(
    [(await store(at, 'verify')).code, (await store(at, 'verify')).stdout],
    [0, '✓ everything can be read and is what was written\n'],
  )
  const db = new DatabaseSync(at('.yardstick/yardstick.db'))
  db.exec(`UPDATE flushes SET slices = zeroblob(40) WHERE flush = 61;
    UPDATE cells SET slices = x'0102030405' WHERE id = 1;
    UPDATE events SET data = '{' WHERE id = 2;
    UPDATE presences SET presence = x'01' WHERE flush = (SELECT max(flush) FROM presences)`)
  db.close()
  const { code, stdout } = await store(at, 'verify')
  assert.equal(code, 1)
  for (const line of [
    /✗ flushes 61, 20.*expected format 1, got format 0/,
    /✗ presences 61, 20.*at least 5 bytes/,
    /✗ cells 1, 20.*checksum does not match/,
    /✗ events 2, 20/,
    /\n4 cannot be read\n/,
  ]) {
    assert.match(stdout, line)
  }
  assert.equal(JSON.parse((await store(at, 'verify', '--json')).stdout).bad, 4)
})

test('export and import move everything, by file and by pipe', async (t) => {
  const at = await served(t)
  assert.equal((await store(at, 'export', '--to', 'all.ndjson')).code, 0)
  if (process.platform !== 'win32') assert.equal(statSync(at('all.ndjson')).mode & 0o777, 0o600)
  const twice = await store(at, 'export', '--to', 'all.ndjson')
  assert.deepEqual(
    [twice.code, /all\.ndjson cannot be used for that.*YS_STORE_OPEN/.test(twice.stderr)],
    [2, true],
  )
  const piped = (await store(at, 'export')).stdout
  assert.deepEqual(piped.split('\n').slice(1), readFileSync(at('all.ndjson'), 'utf8').split('\n').slice(1))

  const moved = await store(at, 'import', '--from', 'all.ndjson', '--store', 'one.db')
  assert.deepEqual([moved.code, moved.stderr], [0, ''])
  assert.match(moved.stdout, /^\d\d spans, 61 events and 1 claims are in the store\n$/)
  const other = await ending([MAIN, 'store', 'import', '--store', 'two.db', '--json'], {
    cwd: at('.'),
    input: piped,
  })
  assert.deepEqual([other.code, JSON.parse(other.stdout).events], [0, 61])
  const sums: unknown[] = []
  for (const path of ['.yardstick/yardstick.db', 'one.db', 'two.db']) {
    await opened(at, path, async (file) => void sums.push(await sumsIn(file)))
  }
  assert.deepEqual(sums[1], sums[0])
  assert.deepEqual(sums[2], sums[0])
  const wrong = await store(at, 'import', '--from', 'none.ndjson', '--store', 'three.db')
  assert.deepEqual([wrong.code, /none\.ndjson cannot be used for that/.test(wrong.stderr)], [2, true])
  writeFileSync(at('notes.txt'), '{"note":"no export"}\n')
  const none = await store(at, 'import', '--from', 'notes.txt', '--store', 'three.db')
  assert.deepEqual([none.code, /line 1 .*the first line of an export/.test(none.stderr)], [2, true])
  assert.equal(existsSync(at('three.db')), false, 'no store is begun for it')
})

test('trim deletes what is older and the file gets smaller', async (t) => {
  const at = folder(t, {})
  await opened(at, 'big.db', async (file) => {
    for (let flush = 1; flush <= 300; flush++) {
      const slices = Array.from({ length: 60 }, (_, n) =>
        sliceOf({ okMs: [n] }, { name: `query ${n} ${flush}` }),
      )
      await file.save(batchOf(Date.now() - 400_000 + flush * 1_000, { flush, slices }))
    }
  })
  const before = statSync(at('big.db')).size
  const { code, stdout } = await store(at, 'trim', '--older-than', '2min', '--store', 'big.db')
  assert.equal(code, 0)
  assert.match(stdout, /MiB before, .* MiB now/)
  assert.ok(statSync(at('big.db')).size < before / 2)
  assert.equal((await store(at, 'trim', '--older-than', 'soon', '--store', 'big.db')).code, 2)
})

test('migrate brings a file of the first version up to date; what needs it before says so', async (t) => {
  const at = folder(t, {})
  const fixture = new URL('../stores/sqlite/fixture/first-version.db.gz', import.meta.url)
  writeFileSync(at('first.db'), gunzipSync(readFileSync(fixture)))
  const words = ['--store', 'first.db']
  assert.match(
    (await store(at, 'info', ...words)).stdout,
    /version 1 \(this Yardstick has 2: yardstick store migrate\)/,
  )
  const early = await store(at, 'export', ...words)
  assert.deepEqual(
    [early.code, /run "yardstick store migrate" first \[YS_STORE_SCHEMA\]/.test(early.stderr)],
    [2, true],
  )
  assert.equal((await store(at, 'migrate', ...words)).stdout, 'tables of version 2: they were of version 1\n')
  assert.equal((await store(at, 'migrate', ...words)).stdout, 'tables of version 2: they were up to date\n')
  assert.equal((await store(at, 'verify', ...words)).code, 0)
})

test('a store that is not there, of somebody else, or in memory is refused', async (t) => {
  const at = folder(t, {})
  const db = new DatabaseSync(at('app.db'))
  db.exec('CREATE TABLE orders (id INTEGER)')
  db.close()
  for (const [words, message] of [
    [['info'], /yardstick\.db is not there: .*name it with --store \[YS_STORE_OPEN\]/],
    [['verify', '--store', 'app.db'], /another program/],
    [['info', '--store', 'mysql://h/d'], /there is no store for mysql:\/\/.*\[YS_CONFIG\]/],
    [['export', '--store', 'memory'], /"memory" keeps nothing/],
    [['trim', '--older-than', '1d', '--store', 'none.db'], /none\.db is not there/],
    [['migrate', '--store', 'none.db'], /none\.db is not there/],
  ] as const) {
    const { code, stderr } = await store(at, ...words)
    assert.equal(code, 2, words.join(' '))
    assert.match(stderr, message)
  }
})
