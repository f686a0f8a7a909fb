import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { batches } from '../../contracts/store/arbitrary.ts'
import { plain, sliceOf } from '../../contracts/store/figures.ts'
import { YardstickError } from '../../src/ground/errors.ts'
import { unpackCounts } from '../../src/measure/pack.ts'
import type { Slice } from '../../src/measure/slice.ts'
import { openSlices, packSlices } from '../../src/stores/blob.ts'
import { seal } from '../../src/stores/seal.ts'

const everything = ({ counts, ...key }: Slice) => ({ ...key, ...(plain(counts) as object) })

const opened = (bytes: Uint8Array): readonly Slice[] =>
  openSlices(bytes).map(({ packed, ...key }) => ({ ...key, counts: unpackCounts(packed) }))

test('law: slices come back from their bytes as they were', () => {
  fc.assert(
    fc.property(batches(0, 1_000), (saved) => {
      for (const { slices } of saved) {
        assert.deepEqual(opened(packSlices(slices)).map(everything), slices.map(everything))
      }
    }),
  )
})

test('law: bytes of which one was changed, or that were cut or lengthened, are refused', () => {
  const bytes = packSlices([
    sliceOf({ okMs: [1, 2, 3], limitsMs: [25] }),
    sliceOf({ failedMs: [9] }, { name: 'b' }),
  ])
  const refused = (wrong: Uint8Array) => assert.throws(() => openSlices(wrong), { code: 'YS_STORE_DATA' })
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const wrong = bytes.slice()
      wrong[at]! ^= flip
      refused(wrong)
      refused(bytes.subarray(0, at))
      refused(new Uint8Array([...bytes, flip]))
    }),
  )
})

test('law: any bytes at all are read or refused with the code, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (body, sealed) => {
      try {
        openSlices(sealed ? seal(1, body) : body)
      } catch (error) {
        assert.ok(error instanceof YardstickError && error.code === 'YS_STORE_DATA', String(error))
      }
    }),
    { numRuns: 2_000 },
  )
})

test('a newer format is named in the message', () => {
  assert.throws(() => openSlices(seal(2, new Uint8Array(1))), {
    code: 'YS_STORE_DATA',
    message:
      'stored slices: expected format 1, got format 2: not written by Yardstick, or by a newer version',
  })
})
