import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { presences } from '../../contracts/store/arbitrary.ts'
import { plainPresence, presenceOf } from '../../contracts/store/figures.ts'
import { YardstickError } from '../../src/ground/errors.ts'
import { REGISTERS } from '../../src/measure/users.ts'
import { openPresence, packPresence } from '../../src/stores/presence.ts'
import { seal } from '../../src/stores/seal.ts'

test('law: a presence comes back from its bytes as it was', () => {
  fc.assert(
    fc.property(presences, (presence) => {
      assert.deepEqual(plainPresence(openPresence(packPresence(presence))), plainPresence(presence))
    }),
  )
})

test('every register can be in use', () => {
  const users = {
    places: Uint16Array.from({ length: REGISTERS }, (_, place) => place),
    ranks: new Uint8Array(REGISTERS).fill(21),
  }
  assert.deepEqual(openPresence(packPresence(presenceOf({ users }))).users, users)
})

test('law: any bytes at all are read or refused with the code, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (body, sealed) => {
      try {
        openPresence(sealed ? seal(1, body) : body)
      } catch (error) {
        assert.ok(error instanceof YardstickError && error.code === 'YS_STORE_DATA', String(error))
      }
    }),
    { numRuns: 2_000 },
  )
})
