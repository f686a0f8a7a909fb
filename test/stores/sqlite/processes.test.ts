import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { batchOf, eventsIn, spansIn, sumsIn } from '../../../contracts/store/figures.ts'
import { Place } from './place.ts'

const child = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Runs a saver until it ends, or until it has saved `killAfter` batches; the numbers it says it saved. */
async function saver(place: Place, instance: string, most: number, killAfter = Number.POSITIVE_INFINITY) {
  const process_ = spawn(process.execPath, [child('./save-child.ts'), place.directory, instance, `${most}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  process_.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    if (text.split('\n').length > killAfter) process_.kill('SIGKILL')
  })
  await once(process_, 'close')
  return text.split('\n').slice(0, -1).map(Number)
}

test('killed in mid-write again and again, no batch that was saved is lost or counted twice', async (context) => {
  const place = await Place.of(context)
  place.clock.set(Date.now())
  let acknowledged = 0
  for (const [round, killAfter] of [3, 17, 40, 71].entries()) {
    acknowledged += (await saver(place, `round ${round}`, 0, killAfter)).length
  }
  const store = await place.open()
  assert.deepEqual({ ...place.look<object>('PRAGMA integrity_check')[0] }, { integrity_check: 'ok' })
  const saved = (await eventsIn(store)).length
  // A batch may have been saved whose number was not printed any more.
  assert.ok(
    saved >= acknowledged && saved <= acknowledged + 4,
    `${acknowledged} said to be saved, ${saved} are`,
  )
  const sums = (await sumsIn(store)) as Record<string, { ok: number }>
  for (let n = 0; n < 40; n++) assert.equal(sums[`8:database:query ${n}`]?.ok, 2 * saved)
  assert.deepEqual(place.said.warnings, [])
})

test('processes that start together on a file that is not there yet share it', async (context) => {
  const place = await Place.of(context)
  place.clock.set(Date.now())
  const told = await Promise.all(
    ['one', 'two', 'three', 'four'].map((instance) => saver(place, instance, 100)),
  )
  assert.deepEqual(
    told.map((numbers) => numbers.length),
    [100, 100, 100, 100],
  )
  const store = await place.open()
  const sums = (await sumsIn(store)) as Record<string, { ok: number }>
  for (let n = 0; n < 40; n++) assert.equal(sums[`8:database:query ${n}`]?.ok, 800)
  assert.equal((await eventsIn(store)).length, 400)
  assert.ok((await spansIn(store)).length > 0)
})

test('another process that reads while flushes are saved and folded finds each operation once', async (context) => {
  const place = await Place.of(context)
  const store = await place.open()
  const reader = spawn(process.execPath, [child('./read-child.ts'), place.directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let text = ''
  reader.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  await once(reader.stdout, 'data')
  for (let second = 1; second <= 75 * 60; second++) {
    place.clock.step(1_000)
    await store.save(batchOf(place.clock.wallMs(), { flush: second }))
  }
  reader.stdin.end()
  await once(reader, 'close')

  assert.match(text, /^reading\n\d\d+ readings, 0 wrong\n$/)
})

for (const version of ['22', '26']) {
  const node = child(`../../nodes/node_modules/node${version}/bin/node`)
  const skip = existsSync(node) ? false : `Node ${version} is not installed in test/nodes`
  test(`opens on Node ${version} and nothing is printed besides`, { skip }, async (context) => {
    const place = await Place.of(context)
    const args = [child('./open-child.ts'), place.directory, 'fresh.db']
    const process_ = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    process_.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
    process_.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk))
    await once(process_, 'close')
    assert.deepEqual({ out, err: err.replace(/.*Type Stripping.*\n.*\n/, '') }, { out: 'open\n', err: '' })
  })
}
