import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { batchOf, sumsIn } from '../../../contracts/store/figures.ts'
import type { Store } from '../../../src/engine/store.ts'
import { NOON_MS, Place } from './place.ts'

/** Another process with the same store: two connections of one process share what they know of a log. */
class Neighbour {
  readonly #child
  readonly #said: AsyncIterator<string>

  static async of(context: TestContext, place: Place, instance: string): Promise<Neighbour> {
    const neighbour = new Neighbour(place, instance)
    context.after(() => neighbour.#child.kill('SIGKILL'))
    await neighbour.#hear('open')
    return neighbour
  }

  private constructor(place: Place, instance: string) {
    const path = fileURLToPath(new URL('./told-child.ts', import.meta.url))
    this.#child = spawn(process.execPath, [path, place.directory, instance], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#said = this.#child.stdout.setEncoding('utf8')[Symbol.asyncIterator]()
  }

  async save(number: number): Promise<void> {
    this.#child.stdin.write(`${number}\n`)
    await this.#hear(String(number))
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await once(this.#child, 'close')
  }

  async end(): Promise<void> {
    this.#child.stdin.end()
    await once(this.#child, 'close')
  }

  async #hear(line: string): Promise<void> {
    assert.equal((await this.#said.next()).value, `${line}\n`)
  }
}

const save = (store: Store, number: number): Promise<void> =>
  store.save(batchOf(NOON_MS + number * 1_000, { flush: number }))

/** Each batch is one operation; which spans they lie in is another matter. */
async function savedIn(store: Store): Promise<number> {
  const sums = (await sumsIn(store)) as Record<string, { ok: number }>
  return sums['8:database:user_lookup']!.ok
}

function isWhole(place: Place): void {
  assert.deepEqual({ ...place.look<object>('PRAGMA integrity_check')[0] }, { integrity_check: 'ok' })
}

// On Windows a file that is open cannot be deleted.
const skip = process.platform === 'win32' && 'a file in use cannot be deleted here'

for (const suffixes of [['-wal', '-shm'], ['-wal'], ['-shm']]) {
  test(`${suffixes.join(' and ')}, deleted while two use them: it is said, and after a restart of both nothing is lost`, {
    skip,
  }, async (context) => {
    const place = await Place.of(context)
    const store = await place.open()
    const neighbour = await Neighbour.of(context, place, 'neighbour')
    await save(store, 1)
    await neighbour.save(2)
    for (const suffix of suffixes) rmSync(place.file + suffix)
    await save(store, 3)
    await neighbour.save(4)
    await save(store, 5)
    assert.equal(await savedIn(store), 5)
    assert.equal(place.said.warnings.length, 1)
    assert.ok(
      place.said.warnings[0]!.startsWith(`${place.file}${suffixes[0]} was deleted while in use. Stop all`),
    )
    await neighbour.end()
    await store.close()
    isWhole(place)
    assert.equal(await savedIn(await place.open()), 5)
  })
}

test('a log that another process has begun anew: nobody says that nothing is lost', {
  skip,
}, async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await save(store, 1)
  for (const suffix of ['-wal', '-shm']) rmSync(place.file + suffix)
  const neighbour = await Neighbour.of(context, place, 'neighbour')
  await neighbour.save(2)
  await save(store, 3)
  assert.equal(place.said.warnings.length, 1)
  assert.match(place.said.warnings[0]!, /-wal was replaced while in use.*some of it will be lost/)
})

test('the log of a file behind a link is looked for where it lies', { skip }, async (context) => {
  const place = await Place.of(context)
  await (await place.open()).close()
  const link = join(place.directory, 'link.db')
  symlinkSync(place.file, link)
  const store = await place.open({ path: link })
  await save(store, 1)
  assert.deepEqual(place.said.warnings, [])
  rmSync(`${place.file}-shm`)
  await save(store, 2)
  assert.match(place.said.warnings.join(), /yardstick\.db-shm was deleted while in use/)
})

test('who opens the same file, saves, and ends or is killed, is no reason for a warning', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  for (let number = 1; number <= 6; number++) {
    const neighbour = await Neighbour.of(context, place, `neighbour ${number}`)
    await neighbour.save(10 * number)
    await save(store, number)
    await (number % 2 === 0 ? neighbour.end() : neighbour.kill())
    await save(store, 10 * number + 1)
  }
  assert.deepEqual(place.said.warnings, [])
})
