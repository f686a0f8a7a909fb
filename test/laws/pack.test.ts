import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LONGEST_MS, PLACES } from '../../src/measure/bucket.ts'
import { ByteReader, ByteWriter } from '../../src/measure/bytes.ts'
import { Counts } from '../../src/measure/counts.ts'
import { addPacked, packCounts, unpackCounts } from '../../src/measure/pack.ts'
import { partialCounts, requestCounts, told } from './operations.ts'

const counts = fc.oneof(requestCounts, partialCounts)

test('unpacking gives back what was packed, to the last bit', () => {
  fc.assert(
    fc.property(counts, (given) => {
      const packed = packCounts(given)
      const back = unpackCounts(packed)
      assert.deepEqual(told(back), told(given))
      assert.deepEqual(
        back.goods.map(({ limitMs }) => limitMs),
        given.goods.map(({ limitMs }) => limitMs),
      )
      assert.deepEqual(packCounts(back), packed)
    }),
    { numRuns: 500 },
  )
})

test('packed counts can be added and taken away without unpacking them', () => {
  fc.assert(
    fc.property(counts, counts, (one, other) => {
      const sum = new Counts()
      sum.add(one)
      addPacked(sum, new ByteReader(packCounts(other)), 1)
      const expected = new Counts()
      expected.add(one)
      expected.add(other)
      assert.deepEqual(told(sum), told(expected))
      addPacked(sum, new ByteReader(packCounts(other)), -1)
      sum.forgetGone()
      expected.subtract(other)
      assert.deepEqual(told(sum), told(expected))
    }),
  )
})

test('the largest numbers there can be survive', () => {
  const given = new Counts()
  given.ok = Number.MAX_SAFE_INTEGER
  given.failed = 2 ** 32
  given.sumMs = 2 ** 39 - 2 ** -14
  given.minMs = 0
  given.maxMs = LONGEST_MS
  given.histogram.add(0, 2 ** 45)
  given.histogram.add(PLACES - 1, 1)
  given.goods = [{ limitMs: Number.MIN_VALUE, good: 0, covered: given.ok }]
  assert.deepEqual(told(unpackCounts(packCounts(given))), told(given))
})

function isSound(counts: Counts): boolean {
  const whole = (value: number) => Number.isSafeInteger(value) && value >= 0
  const time = (value: number) => Number.isFinite(value) && value >= 0
  const shares = [...(counts.breakdown?.values() ?? [])]
  return (
    [counts.ok, counts.failed, counts.hits, counts.misses].every(whole) &&
    [counts.sumMs, counts.ownMs].every(time) &&
    (counts.minMs === Number.POSITIVE_INFINITY || time(counts.minMs)) &&
    [...counts.histogram.entries()].every(([place, count]) => place < PLACES && whole(count)) &&
    counts.goods.every(({ limitMs, good, covered }) => time(limitMs) && whole(good) && whole(covered)) &&
    shares.every(({ calls, wallMs }) => whole(calls) && time(wallMs))
  )
}

/** Reads bytes that may be anything: sound counts, or a RangeError. */
function read(bytes: Uint8Array): void {
  let counts: Counts
  try {
    counts = unpackCounts(bytes)
  } catch (error) {
    assert.ok(error instanceof RangeError, String(error))
    return
  }
  assert.ok(isSound(counts), JSON.stringify(told(counts)))
}

test('garbage is refused, or means something; it costs no more than its length', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), read), { numRuns: 20_000 })
  fc.assert(
    fc.property(counts, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), (given, edits) => {
      const bytes = packCounts(given)
      for (const [at, byte] of edits) bytes[at % bytes.length] = byte
      read(bytes)
    }),
    { numRuns: 3000 },
  )
})

test('bytes that end early or go on are refused', () => {
  fc.assert(
    fc.property(counts, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 3 }), (given, cut, more) => {
      const bytes = packCounts(given)
      assert.throws(() => unpackCounts(bytes.subarray(0, cut % bytes.length)), RangeError)
      assert.throws(() => unpackCounts(Uint8Array.from([...bytes, ...more])), RangeError)
    }),
  )
})

test('only whole numbers from 0 on are written', () => {
  for (const value of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 64]) {
    assert.throws(() => new ByteWriter().uint(value), RangeError, String(value))
  }
})

test('numbers and texts of any length come back', () => {
  const item = fc.oneof(fc.maxSafeNat(), fc.string({ unit: 'grapheme', maxLength: 300 }), fc.double())
  fc.assert(
    fc.property(fc.array(item), (items) => {
      const out = new ByteWriter(new Uint8Array(4))
      for (const value of items) {
        if (typeof value === 'string') out.text(value)
        else if (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) out.uint(value)
        else out.float(value)
      }
      const from = new ByteReader(out.finish())
      for (const value of items) {
        if (typeof value === 'string') assert.equal(from.text(), value)
        else if (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0))
          assert.equal(from.uint(), value)
        else assert.ok(Object.is(from.float(), value))
      }
      assert.ok(from.done)
    }),
  )
})
