import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { Yardstick } from '../../src/engine/yardstick.ts'
import { OwnPromise } from '../../src/ground/promise.ts'
import type { CacheKind } from '../../src/measure/cache-layers.ts'
import { stepped } from './stepped.ts'

// What plain JavaScript may give in place of any argument.
const ODD: readonly unknown[] = [
  undefined,
  null,
  '',
  'text',
  'constructor',
  '\ud800',
  0,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  7n,
  Symbol('odd'),
  true,
  {},
  [],
  () => 'called',
  Object.create(null),
  { query: Object.create(null), userId: Object.create(null), failed: 7n, hit: null, table: Symbol('t') },
  { query: '', userId: 7n, table: 7 },
  { query: 'q', userId: Symbol('u'), table: null },
  {
    toString: () => {
      throw new Error('no text')
    },
    toJSON: () => {
      throw new Error('no JSON')
    },
  },
  new Proxy(
    {},
    {
      get: () => {
        throw new Error('no getter')
      },
      getPrototypeOf: () => {
        throw new Error('no prototype')
      },
      has: () => {
        throw new Error('no key')
      },
    },
  ),
]

type Loose = (...args: readonly unknown[]) => unknown

const METHODS: Readonly<
  Record<string, (ys: Yardstick) => { readonly call: Loose; readonly before: number }>
> = {
  track: (ys) => ({ call: ys.track as Loose, before: 2 }),
  trackAuthentication: (ys) => ({ call: ys.trackAuthentication as Loose, before: 2 }),
  trackAuthorization: (ys) => ({ call: ys.trackAuthorization as Loose, before: 2 }),
  trackDatabase: (ys) => ({ call: ys.trackDatabase as Loose, before: 1 }),
  trackCache: (ys) => ({ call: ys.trackCache as Loose, before: 3 }),
  tracked: (ys) => ({ call: decorating(ys.tracked as Loose), before: 2 }),
  trackDatabasePerformance: (ys) => ({ call: decorating(ys.trackDatabasePerformance as Loose), before: 1 }),
  trackAuthenticationPerformance: (ys) => ({
    call: decorating(ys.trackAuthenticationPerformance as Loose),
    before: 1,
  }),
  trackAuthorizationPerformance: (ys) => ({
    call: decorating(ys.trackAuthorizationPerformance as Loose),
    before: 1,
  }),
  trackCachePerformance: (ys) => ({ call: decorating(ys.trackCachePerformance as Loose), before: 2 }),
}

/** Runs the last argument as the decorated method. */
function decorating(method: Loose): Loose {
  return (...args) =>
    (method(...args.slice(0, -1)) as (fn: unknown, context: unknown) => Loose)(args.at(-1), {})()
}

// By number: fast-check itself looks into the values it is given.
const odd = fc.nat({ max: ODD.length - 1 })

test('law: fn runs exactly once, its result and its throw pass through, nothing else throws', async () => {
  const { ledger } = await stepped()
  const ys = new Yardstick(ledger, undefined)
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(METHODS)),
      fc.array(odd, { minLength: 3, maxLength: 3 }),
      odd,
      fc.boolean(),
      (of, args, chosen, throws) => {
        const { call, before } = of(ys)
        const outcome = ODD[chosen]
        let runs = 0
        const fn = (): unknown => {
          runs++
          if (throws) throw outcome
          return outcome
        }
        let given: unknown
        let thrown = false
        try {
          given = call(...args.slice(0, before).map((i) => ODD[i]), fn)
        } catch (error) {
          given = error
          thrown = true
        }
        assert.equal(runs, 1)
        assert.equal(thrown, throws)
        assert.ok(Object.is(given, outcome))
      },
    ),
    { numRuns: 3000 },
  )
})

test('law: without a function, too, nothing throws but operation, and that YS_NAME', async () => {
  const { ledger } = await stepped()
  const ys = new Yardstick(ledger, undefined)
  const plain = [
    ys.record,
    ys.setUser,
    ys.cacheLayer,
    ys.start,
    (...args: never[]) =>
      ys.middleware()(...(args as unknown as Parameters<ReturnType<Yardstick['middleware']>>)),
    (component: never, name: never, not: never) =>
      ys.track(component, name, typeof not === 'function' ? (0 as never) : not),
    (name: never, options: never) => ys.trackAuthentication(name, options).end(),
    (name: never, options: never) => ys.trackAuthorization(name, options).end(),
    (options: never) => ys.trackDatabase(options).end(),
    (layer: never, op: never, options: never) => {
      const read = ys.trackCache(layer, op, options)
      read.setHit(options)
      read.fail(options)
      read.end()
    },
    (durationMs: never, failed: never, hit: never) => ys.operation('a', 'b').record(durationMs, failed, hit),
  ] as unknown as readonly Loose[]
  fc.assert(
    fc.property(fc.constantFrom(...plain), fc.array(odd, { maxLength: 4 }), (call, args) => {
      call(...args.map((i) => ODD[i]))
    }),
    { numRuns: 3000 },
  )
  fc.assert(
    fc.property(odd, odd, (component, name) => {
      try {
        ys.operation(ODD[component] as string, ODD[name] as string)
      } catch (error) {
        assert.equal((error as { readonly code?: unknown }).code, 'YS_NAME')
      }
    }),
  )
})

async function handle() {
  const { engine, ledger, second } = await stepped()
  const read = (component: string) => {
    second()
    return engine.snapshot
      .window('1min')
      .components.find((entry) => entry.component === component)
      ?.series.map(({ name, counts }) => [name, counts.ok, counts.failed])
  }
  return { ys: new Yardstick(ledger, undefined), engine, read }
}

test('a query that is none is recorded under (other) and counted', async () => {
  const { ys, engine, read } = await handle()
  const loose = ys.trackDatabase as Loose
  assert.equal(
    loose(undefined, () => 1),
    1,
  )
  assert.equal(
    loose({}, () => 2),
    2,
  )
  assert.deepEqual(read('database'), [['(other)', 2, 0]])
  assert.equal(engine.snapshot.self.dropped.errors, 2)
  assert.match(
    engine.snapshot.self.recentErrors[0]!,
    /expected query to be a text that is not empty, got undefined/,
  )
})

test('a user that is no text or number is ignored', async () => {
  const { ys, engine, read } = await handle()
  const setUser = ys.setUser as Loose
  for (const id of [Object.create(null), {}, null, undefined, Symbol('s'), 7n, true]) setUser(id)
  ;(ys.trackAuthentication as Loose)('jwt', undefined, () => {})
  ;(ys.trackAuthentication as Loose)('jwt', { userId: {} }, () => {})
  assert.deepEqual(read('authentication'), [['jwt', 2, 0]])
  assert.equal(engine.snapshot.self.dropped.errors, 0)
})

test('a duration that is no number is counted as invalid, options that are none as none', async () => {
  const { ys, engine, read } = await handle()
  const record = ys.record as Loose
  record('pricing', 'q', 1, null)
  record('pricing', 'q', 7n)
  record('pricing', 'q', '7')
  assert.deepEqual(read('pricing'), [['q', 1, 0]])
  assert.equal(engine.snapshot.self.dropped.invalid, 2)
})

test('a name that is a BigInt is said as it is', async () => {
  const { ys } = await handle()
  assert.throws(() => (ys.operation as Loose)(7n, Object.create(null)), {
    code: 'YS_NAME',
    message: /expected .* texts that are not empty, got 7 and object\. Give both, as in ys\.operation\(/,
  })
})

test('a promise stays one of Node’s own where the application has put another kind in the place of all', async (t) => {
  t.after(() => Object.assign(globalThis, { Promise: OwnPromise }))
  const { ys, read } = await handle()
  Object.assign(globalThis, {
    Promise: {
      resolve: () => {
        throw new Error('another kind')
      },
    },
  })
  const asked = ys.track('pricing', 'q', async () => 7)
  assert.ok(asked instanceof OwnPromise)
  assert.equal(await asked, 7)
  Object.assign(globalThis, { Promise: OwnPromise })
  assert.deepEqual(read('pricing'), [['q', 1, 0]])
})

test('a result whose then cannot be read or called ends the operation', async () => {
  const { ys, read } = await handle()
  const unreadable = Object.defineProperty({}, 'then', {
    get: () => {
      throw new Error('no then')
    },
  })
  const uncallable = Object.assign(Promise.resolve(1), {
    // biome-ignore lint/suspicious/noThenProperty: a promise that somebody broke
    then: () => {
      throw new Error('no then')
    },
  })
  assert.equal(
    ys.track('pricing', 'q', () => unreadable),
    unreadable,
  )
  assert.equal(
    ys.track('pricing', 'q', () => uncallable),
    uncallable,
  )
  assert.equal(
    ys.trackCache('L1', 'get', {}, () => unreadable),
    unreadable,
  )
  assert.equal(
    ys.trackCache('L1', 'get', {}, () => uncallable),
    uncallable,
  )
  assert.deepEqual(read('pricing'), [['q', 1, 1]])
  assert.deepEqual(read('cache_l1'), [['get', 1, 1]])
})

test('a cache read that gives its value at once allocates its handle, no closures', () => {
  // In a process of its own, with a nursery so large that nothing is collected while it counts.
  const source = `
    import { stepped } from ${JSON.stringify(new URL('./stepped.ts', import.meta.url).href)}
    import { Yardstick } from ${JSON.stringify(new URL('../../src/engine/yardstick.ts', import.meta.url).href)}
    const ys = new Yardstick((await stepped()).ledger, undefined)
    const options = { key: 'k' }
    const value = () => 'v'
    const reads = (n) => { for (let i = 0; i < n; i++) ys.trackCache('L1', 'get', options, value) }
    const handles = (n) => { for (let i = 0; i < n; i++) ys.start('cache_l1', 'get').end() }
    const bytesOf = (run) => {
      run(2000)
      gc()
      const before = process.memoryUsage().heapUsed
      run(20000)
      return Math.round((process.memoryUsage().heapUsed - before) / 20000)
    }
    console.log(JSON.stringify([bytesOf(reads), bytesOf(handles)]))`
  const flags = ['--expose-gc', '--no-opt', '--max-semi-space-size=256', '--min-semi-space-size=256']
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', source], {
    encoding: 'utf8',
  })
  const [read, handle] = JSON.parse(stdout) as [number, number]
  // Three closures more than tripled it.
  assert.ok(read > 0 && read < 2 * handle, `${read} bytes a read, ${handle} a handle ${stderr}`)
})

test('cacheLayer gives the cache back, whatever it is given; what makes no sense is counted', async () => {
  const { ledger } = await stepped()
  const ys = new Yardstick(ledger, undefined)
  const cache = {}
  const kind: CacheKind = { library: 'keyv', guess: () => 'cache_l1', namesOf: () => [] }
  assert.equal(ys.cacheLayer('L3', cache), cache)
  assert.equal(ledger.layers.of(cache, kind), 'cache_l3')
  for (const given of ODD) assert.ok(Object.is(ys.cacheLayer(given as never, cache), cache))
  assert.equal(ledger.layers.of(cache, kind), 'cache_l3')
})
