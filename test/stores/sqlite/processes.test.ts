import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { batchOf, eventsIn, spansIn, sumsIn } from '../../../contracts/store/figures.ts'
import { Place } from './place.ts'

/** `YARDSTICK_KILLS=200 node --test …` for as many as the release was tried with. */
const KILLS = Number(process.env.YARDSTICK_KILLS ?? 24)

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

test(`killed ${KILLS} times in mid-write, what was saved is not lost, and nothing is counted twice`, async (context) => {
  const place = await Place.of(context)
  place.clock.set(Date.now())
  const acknowledged = new Map<string, number>()
  const line = async (name: string): Promise<void> => {
    for (let round = 0; round < KILLS / 2; round++) {
      const instance = `${name} ${round}`
      // Sizes between a flush and more than is folded in one go; the process is at any point of a save by then.
      acknowledged.set(instance, (await saver(place, instance, 0, 1 + Math.floor(Math.random() * 80))).length)
    }
  }
  // Two at a time: they also die while the other one waits for them.
  await Promise.all([line('left'), line('right')])
  const store = await place.open()
  assert.deepEqual({ ...place.look<object>('PRAGMA integrity_check')[0] }, { integrity_check: 'ok' })
  const saved = new Map<string, number[]>()
  for (const { data } of await eventsIn(store)) {
    const [, instance = '', flush = ''] = /^(.*) (\d+)$/.exec(String(data)) ?? []
    saved.set(instance, [...(saved.get(instance) ?? []), Number(flush)])
  }
  let total = 0
  for (const [instance, count] of acknowledged) {
    const flushes = (saved.get(instance) ?? []).sort((a, b) => a - b)
    assert.deepEqual(
      flushes,
      flushes.map((_, n) => n + 1),
      `${instance}: a gap`,
    )
    // A batch may have been saved whose number was not printed any more.
    assert.ok(
      flushes.length === count || flushes.length === count + 1,
      `${instance}: ${count}, ${flushes.length}`,
    )
    total += flushes.length
  }
  const sums = (await sumsIn(store)) as Record<string, { ok: number }>
  for (let n = 0; n < 40; n++) assert.equal(sums[`8:database:query ${n}`]?.ok, 2 * total)
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
