import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDuration } from '../../src/ground/duration.ts'

test('a duration is written as people say it, and what took time never as none', () => {
  const written = [0, 0.0001, 0.0042, 0.42, 9.994, 38, 123.4, 1500, 300_000, 7_200_000].map(formatDuration)
  assert.deepEqual(written, [
    '0 ms',
    '< 0.001 ms',
    '0.004 ms',
    '0.42 ms',
    '9.99 ms',
    '38 ms',
    '123 ms',
    '1.5 s',
    '5 min',
    '2 h',
  ])
})
