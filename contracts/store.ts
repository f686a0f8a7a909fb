import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { boardTests, sharedBoardTests } from './store/board.ts'
import { claimTests, sharedClaimTests } from './store/claims.ts'
import { eventTests } from './store/events.ts'
import { flushTests, sharedFlushTests } from './store/flushes.ts'
import { leaseTests, sharedLeaseTests } from './store/leases.ts'
import { revisionTests, sharedRevisionTests } from './store/revision.ts'
import { savingTests, sharedSavingTests } from './store/saving.ts'
import { spanTests } from './store/spans.ts'
import { placesOf, type StoreSubject } from './store/stage.ts'

export type { StoreSubject }

/**
 * What every store promises, as tests of `node:test`.
 *
 * @example
 * storeContract({ name: 'memory', shared: false, open: () => openMemory({}, context) })
 */
export function storeContract(subject: StoreSubject): void {
  const at = placesOf(subject)
  describe(`store contract: ${subject.name}`, () => {
    test('says whether others save here too, and how often to save', () =>
      at(async ({ handle }) => {
        const { shared, flushMs } = await handle()
        assert.equal(shared, subject.shared)
        assert.ok(flushMs >= 100 && flushMs <= 60_000, `${flushMs} ms`)
      }))
    savingTests(at)
    spanTests(at)
    eventTests(at)
    flushTests(at)
    revisionTests(at)
    leaseTests(at)
    boardTests(at)
    claimTests(at)
    if (!subject.shared) return
    sharedSavingTests(at)
    sharedFlushTests(at)
    sharedRevisionTests(at)
    sharedLeaseTests(at)
    sharedBoardTests(at)
    sharedClaimTests(at)
  })
}
