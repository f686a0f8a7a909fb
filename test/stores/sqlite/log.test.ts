import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
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

for (const suffixes of [['-wal', '-shm'], ['-wal'], ['-shm']]) {
  test(`${suffixes.join(' and ')}, deleted while two use them: nothing is lost, they go on together`, async (context) => {
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
    assert.match(
      place.said.warnings[0]!,
      /-wal or -shm was deleted or replaced while in use.*nothing is lost/,
    )
    await neighbour.end()
    await store.close()
    isWhole(place)
    assert.equal(await savedIn(await place.open()), 5)
  })
}

test('a log that a process begins anew after it was deleted: the others go on there, and say what may be missing', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  await save(store, 1)
  for (const suffix of ['-wal', '-shm']) rmSync(place.file + suffix)
  const neighbour = await Neighbour.of(context, place, 'neighbour')
  await neighbour.save(2)
  await save(store, 3)
  await neighbour.save(4)
  assert.ok((await savedIn(store)) >= 3)
  assert.equal(place.said.warnings.length, 1)
  assert.match(place.said.warnings[0]!, /-wal or -shm was deleted or replaced.*saved last may be missing/)
  await neighbour.end()
  await store.close()
  isWhole(place)
})
