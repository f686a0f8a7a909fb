import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPlanted } from '../../src/ground/planted.ts'

test('planted is what another user put where everybody may put things', () => {
  const planted = (uid: number, there: number, around: number, mode: number) =>
    isPlanted(uid, { uid: there }, { uid: around, mode })
  assert.ok(planted(1000, 1001, 0, 0o1777))
  assert.ok(planted(1000, 1001, 1000, 0o777))
  assert.ok(planted(0, 1001, 0, 0o1777))
  for (const [uid, there, around, mode] of [
    [1000, 1000, 0, 0o1777],
    [1000, 0, 1001, 0o1777],
    [1000, 1001, 1001, 0o777],
    [1000, 1001, 0, 0o775],
    [0, 1001, 1001, 0o755],
  ] as const) {
    assert.ok(!planted(uid, there, around, mode), `${uid} ${there} ${around} ${mode.toString(8)}`)
  }
})
