import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Slabs } from '../../src/measure/slabs.ts'

const LARGEST = 2 ** 17

/** How long what is kept next is, and which of those kept is let go after it, as a share of their number. */
const step = fc.record({
  length: fc.oneof(
    { arbitrary: fc.integer({ min: 1, max: 300 }), weight: 6 },
    { arbitrary: fc.integer({ min: 1, max: 50_000 }), weight: 2 },
    { arbitrary: fc.constantFrom(LARGEST - 1, LARGEST, LARGEST + 1, 3 * LARGEST), weight: 1 },
  ),
  oldestGo: fc.integer({ min: 0, max: 3 }),
  goes: fc.option(fc.double({ min: 0, max: 0.999, noNaN: true })),
})

interface Kept {
  readonly place: number
  readonly bytes: Uint8Array
}

test('bytes are found unchanged at their place until they are let go, whatever else comes and goes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const slabs = new Slabs()
      const kept: Kept[] = []
      const release = ({ place, bytes }: Kept): void => slabs.release(place, bytes.length)
      for (const [number, { length, oldestGo, goes }] of steps.entries()) {
        const bytes = new Uint8Array(length).fill(number + 1)
        const place = slabs.put(bytes)
        // A copy: the caller packs the next slot into the same memory.
        kept.push({ place, bytes: bytes.slice() })
        bytes.fill(0)
        for (const one of kept.splice(0, oldestGo)) release(one)
        if (goes !== null && kept.length > 0) release(kept.splice(Math.floor(goes * kept.length), 1)[0]!)
        for (const one of kept)
          assert.ok(Buffer.from(one.bytes).equals(slabs.at(one.place, one.bytes.length)))
      }
      for (const one of kept) release(one)
      // Begins anew when nothing is left.
      assert.equal(slabs.put(Uint8Array.of(7)), 0)
    }),
  )
})

test('what comes and goes in turn takes no more room as time goes on', () => {
  const slabs = new Slabs()
  const places: number[] = []
  const farthest = (operations: number): number => {
    let place = 0
    for (let i = 0; i < operations; i++) {
      places.push(slabs.put(new Uint8Array(1_000)))
      place = Math.max(place, places.at(-1)!)
      if (places.length > 600) slabs.release(places.shift()!, 1_000)
    }
    return place
  }
  const atFirst = farthest(2_000)
  assert.ok(farthest(20_000) <= atFirst)
})
