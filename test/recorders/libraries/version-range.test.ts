import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inRange } from '../../../src/recorders/libraries/version-range.ts'

test('ranges: at least, under, both, alternatives', () => {
  const inside = ['8.0.0', '8.23.1', '10.2.0', '10.2.0-beta.1', '10.10']
  const outside = ['7.99.99', '9.0.0', '9.0.0-rc.1', '10.1.9', '11.0.0', '', 'x']
  const range = '>=8 <9 || >=10.2 <11'
  assert.deepEqual(
    [...inside, ...outside].filter((version) => inRange(version, range)),
    inside,
  )
})
