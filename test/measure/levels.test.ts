import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LEVELS, largestAt, levelOf } from '../../src/measure/levels.ts'

test('numbers in flight: exact up to 64, then four levels an octave, the last one for all beyond 4 096', () => {
  for (let n = 0; n <= 64; n++) assert.equal(levelOf(n), n)
  for (let n = 65; n <= 4096; n++) assert.equal(levelOf(n), 64 + Math.ceil(4 * Math.log2(n / 64)))
  assert.equal(levelOf(4097), LEVELS - 1)
  assert.equal(levelOf(1e9), LEVELS - 1)
})

test('a level ends where the next one begins', () => {
  for (let level = 0; level < LEVELS; level++) assert.equal(levelOf(largestAt(level)), level)
  for (let level = 0; level < LEVELS - 1; level++) assert.equal(levelOf(largestAt(level) + 1), level + 1)
})
