import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { RecentTexts } from '../../src/measure/recent-texts.ts'

test('what came lately is known, what is long past is not', () => {
  const texts = new RecentTexts<number>(4)
  for (let n = 0; n < 6; n++) texts.set(`text ${n}`, n)
  assert.equal(texts.get('text 0'), undefined)
  assert.deepEqual(
    [3, 4, 5].map((n) => texts.get(`text ${n}`)),
    [3, 4, 5],
  )
})

test('what is asked for again and again stays, however many others come', () => {
  const texts = new RecentTexts<string>(10)
  texts.set('hot', 'known')
  for (let n = 0; n < 1_000; n++) {
    texts.set(`cold ${n}`, 'cold')
    assert.equal(texts.get('hot'), 'known')
  }
})

test('long texts make room for fewer, and one of more than 8 192 characters is not kept', () => {
  const texts = new RecentTexts<number>(4)
  texts.set('x'.repeat(8_192), 1)
  assert.equal(texts.get('x'.repeat(8_192)), 1)
  texts.set('y'.repeat(8_193), 2)
  assert.equal(texts.get('y'.repeat(8_193)), undefined)
  for (let n = 0; n < 3; n++) texts.set(`${n}${'z'.repeat(8_000)}`, n)
  assert.equal(texts.get('x'.repeat(8_192)), undefined)
})

test('a text that was cut from a long one does not keep that in memory', () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const texts = new RecentTexts<number>(1000)
  const cut = (n: number): string => `${'x'.repeat(1 << 20)}SELECT ${n} AS a_column`.slice(1 << 20)
  gc()
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < 100; n++) texts.set(cut(n), n)
  gc()
  const mib = (process.memoryUsage().heapUsed - before) / 2 ** 20
  assert.ok(mib < 10, `${mib} MiB for 100 short texts`)
  assert.deepEqual(
    [0, 99].map((n) => texts.get(cut(n))),
    [0, 99],
  )
})

test('texts that are names of properties elsewhere are texts like any other', () => {
  const texts = new RecentTexts<string>(100)
  const odd = ['', '7', '-1', '__proto__', 'constructor', 'SELECT 1', 'naïve', 'wíde \u{1f600} \ud800']
  for (const text of odd) texts.set(text, text)
  for (const text of odd) assert.equal(texts.get(text), text)
})
