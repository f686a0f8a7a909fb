import { AsyncLocalStorage } from 'node:async_hooks'
import type { Scope } from '../../src/measure/scope.ts'
import type { Contestant } from '../interleave.ts'
import { part } from '../package-part.ts'
import { durationsMs, MASK } from './durations.ts'

const { systemClock } = await part('ground/clock')
const { Ledger } = await part('measure/ledger')
const { LoopTally } = await part('measure/loop-tally')
const { RequestTally } = await part('measure/request-tally')
const { Scope: OpenScope } = await part('measure/scope')
const { SlowHour, SlowSeries } = await part('measure/slow-series')
const { Tally } = await part('measure/tally')
const { Yardstick } = await part('engine/yardstick')

const scopes = new AsyncLocalStorage<Scope | undefined>()
const now = systemClock.monotonicMs
const limits = (): readonly number[] => [25]
const ledger = new Ledger({ thread: 0, scopes, now, limits, announce: () => {} })
const yardstick = new Yardstick(ledger, undefined)

const loop = new LoopTally()
const tallies = Array.from({ length: 64 }, () => {
  const tally = new Tally(loop)
  tally.seedLimits([25])
  return tally
})
const operation = ledger.operation('database', 'user_lookup')
const sync = yardstick.operation('database', 'sync')
const handle = yardstick.operation('database', 'handle')
const asynchronous = yardstick.operation('database', 'async')
const inRequest = yardstick.operation('database', 'in_request')

// In a service, plain and request tallies are recorded side by side. V8 must have seen both, or it would compile
// the record for one of them only and the figures were too good.
const request = new RequestTally(loop)
export function warmUp(): void {
  for (let i = 0; i < 20_000; i++) {
    const scope = new OpenScope(i)
    scopes.run(scope, () => operation.record(durationsMs[i & MASK]!))
    request.recordRequest(scope, i + durationsMs[i & MASK]!, i % 100 === 0, 1)
    for (let j = 0; j < 2; j++) tallies[j]!.record(durationsMs[i & MASK]!, i % 100 === 0)
    operation.record(durationsMs[i & MASK]!, i % 100 === 0)
  }
}

export const record: Contestant = {
  name: 'Yardstick record (Tally.record)',
  run: (operations) => {
    const tally = tallies[0]!
    for (let i = 0; i < operations; i++) tally.record(durationsMs[i & MASK]!, false)
  },
}

export const records: Contestant = {
  name: 'Yardstick record, 64 series in turn',
  run: (operations) => {
    for (let i = 0; i < operations; i++) tallies[i & 63]!.record(durationsMs[i & MASK]!, false)
  },
}

export const recordByHandle: Contestant = {
  name: 'Yardstick record by handle (operation.record)',
  run: (operations) => {
    for (let i = 0; i < operations; i++) operation.record(durationsMs[i & MASK]!)
  },
}

export const recordByNames: Contestant = {
  name: 'Yardstick record by two names (ys.record)',
  run: (operations) => {
    for (let i = 0; i < operations; i++) yardstick.record('database', 'user_lookup', durationsMs[i & MASK]!)
  },
}

/** The floor of a timed operation: two clock reads and a record. */
export const timedFloor: Contestant = {
  name: 'floor of a timed operation',
  run: (operations) => {
    const tally = tallies[1]!
    for (let i = 0; i < operations; i++) {
      const startMs = performance.now()
      work()
      tally.record(performance.now() - startMs, false)
    }
  },
}

export const trackSync: Contestant = {
  name: 'Yardstick track, synchronous (operation.track)',
  run: (operations) => {
    for (let i = 0; i < operations; i++) sync.track(work)
  },
}

export const trackByNames: Contestant = {
  name: 'Yardstick track, synchronous, by two names (ys.track)',
  run: (operations) => {
    for (let i = 0; i < operations; i++) yardstick.track('database', 'sync', work)
  },
}

export const startEnd: Contestant = {
  name: 'Yardstick start and end (the handle of `using`)',
  run: (operations) => {
    for (let i = 0; i < operations; i++) handle.start().end()
  },
}

export const trackAsync: Contestant = {
  name: 'Yardstick track, async (await operation.track)',
  run: async (operations) => {
    for (let i = 0; i < operations; i++) await asynchronous.track(workLater)
  },
}

export const trackDatabase: Contestant = {
  name: 'Yardstick trackDatabase({ query, table }), async',
  run: async (operations) => {
    for (let i = 0; i < operations; i++) {
      await yardstick.trackDatabase({ query: 'user_lookup', table: 'users' }, workLater)
    }
  },
}

export const trackInRequest: Contestant = {
  name: 'Yardstick track, synchronous, within a request',
  run: (operations) => {
    const scope = new OpenScope(performance.now())
    scopes.run(scope, () => {
      for (let i = 0; i < operations; i++) inRequest.track(work)
    })
    scope.close(performance.now(), () => {})
  },
}

export const trackAsyncInRequest: Contestant = {
  name: 'Yardstick track, async, within a request',
  run: async (operations) => {
    const scope = new OpenScope(performance.now())
    await scopes.run(scope, async () => {
      for (let i = 0; i < operations; i++) await inRequest.track(workLater)
    })
    scope.close(performance.now(), () => {})
  },
}

const slow = new RequestTally(
  loop,
  new SlowSeries('GET /', 0, { loop, hour: new SlowHour(), component: () => '', tell: () => {} }),
)
const slowScope = new OpenScope(0)

/** A slow request that is not told, because one was told just before. */
export const slowRequest: Contestant = {
  name: 'Yardstick request, slow, no example (recordRequest)',
  run: (operations) => {
    for (let i = 0; i < operations; i++) {
      slowScope.open = true
      slow.recordRequest(slowScope, durationsMs[i & MASK]!, true, 1)
    }
  },
}

const worked = new Uint32Array(1)

function work(): number {
  return worked[0]!++
}

async function workLater(): Promise<number> {
  return worked[0]!++
}
