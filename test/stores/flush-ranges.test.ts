import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FlushRanges } from '../../src/stores/flush-ranges.ts'

test('law: holds exactly the numbers that were added, through its text as well', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30)), fc.array(fc.nat(30)), (first, second) => {
      let ranges = new FlushRanges()
      for (const flush of first) ranges.add(flush)
      ranges = new FlushRanges(ranges.toString())
      for (const flush of second) ranges.add(flush)
      const added = new Set([...first, ...second])
      for (let flush = -1; flush <= 31; flush++) assert.equal(ranges.has(flush), added.has(flush))
    }),
  )
})

test('numbers without a gap are one range, in whatever order they came', () => {
  const ranges = new FlushRanges()
  for (const flush of [5, 1, 3, 2, 4, 9]) ranges.add(flush)
  assert.equal(ranges.toString(), '[[1,5],[9,9]]')
})

test('an instance that numbers with gaps costs a bounded number of ranges, and is never counted twice', () => {
  const ranges = new FlushRanges()
  for (let flush = 0; flush < 20_000; flush += 2) ranges.add(flush)
  assert.ok(ranges.toString().length < 5_000)
  for (let flush = 0; flush < 20_000; flush += 2) assert.ok(ranges.has(flush))
  assert.equal(ranges.has(19_997), false)
})
