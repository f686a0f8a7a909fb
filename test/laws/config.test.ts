import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatProblem, type Problem } from '../../src/config/problems.ts'
import { read } from '../../src/config/read.ts'
import { resolve } from '../../src/config/resolve.ts'
import { optionsShape } from '../../src/config/schema.ts'
import type { Settings } from '../../src/config/settings.ts'
import { limits } from '../../src/targets/limits.ts'

function settingsOf(options: unknown): {
  readonly settings: Settings
  readonly problems: readonly Problem[]
} {
  const problems = { file: [], environment: [], code: [] as Problem[] }
  const code = read(optionsShape, options, problems.code)
  const settings = resolve({ file: {}, environment: {}, code }, { serviceName: 'shop' }, problems)
  return { settings, problems: problems.code }
}

const limit = fc.constantFrom('1ms', '2ms', '3ms', 5, '1s')
const target = fc
  .record(
    {
      component: fc.constantFrom('a', 'a b', 'request', 'cache_l1'),
      series: fc.constantFrom('b', 'b c', 'c', '**'),
      except: fc.constantFrom('c', ['c', 'd']),
      p95: limit,
      p99: limit,
      hitRate: fc.constantFrom('95%', 0.9),
      id: fc.constantFrom('a', 'x', 'request'),
      weight: fc.nat(3),
    },
    { requiredKeys: ['component'] },
  )
  .map((one) => (one.p95 !== undefined ? { ...one, p99: undefined, hitRate: undefined } : one))

test('a configuration without problems has unique ids, ordered letters and at most four limits a series', () => {
  let accepted = 0
  fc.assert(
    fc.property(fc.array(target, { maxLength: 5 }), fc.boolean(), (targets, defaults) => {
      const { settings, problems } = settingsOf({ targets, defaults })
      if (problems.length > 0) return
      accepted++
      const ids = settings.targets.map(({ id }) => id)
      assert.equal(new Set(ids).size, ids.length, ids.join(', '))
      const of = limits(settings.targets)
      for (const { component, indicator, grades } of settings.targets) {
        const { a, b, c, d } = grades
        const ordered = indicator.kind === 'latency' ? a < b && b < c && c < d : a > b && b > c && c > d
        assert.ok(ordered)
        for (const series of ['b', 'b c', 'c', 'd']) assert.ok(of(component, series).length <= 4)
      }
    }),
    { numRuns: 300 },
  )
  assert.ok(accepted > 50, `${accepted} accepted`)
})

test('whatever is given, reading ends in settings or in problems that can be told, never in a throw', () => {
  const known = fc.constantFrom(
    ...Object.keys(optionsShape),
    'component',
    'p95',
    'grades',
    'a',
    'kind',
    '__proto__',
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
      fc.dictionary(known, tie('tree')),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
  }))
  fc.assert(
    fc.property(fc.dictionary(known, tree), (options) => {
      const { settings, problems } = settingsOf(options)
      for (const problem of problems) assert.match(formatProblem(problem), /^.+: expected .+, got .+ – .+$/s)
      assert.equal(typeof settings.window, 'string')
    }),
    { numRuns: 300 },
  )
})
