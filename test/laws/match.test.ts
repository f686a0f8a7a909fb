import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { limits } from '../../src/targets/limits.ts'
import { overlap } from '../../src/targets/overlap.ts'
import { Pattern } from '../../src/targets/pattern.ts'
import type { Target } from '../../src/targets/target.ts'

const text = fc
  .array(fc.constantFrom('a', 'b', '/', '*', '**'), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''))
const name = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 7 }).map((parts) => parts.join(''))

/** The plain implementation: a regular expression, which may backtrack. */
function matches(pattern: string, series: string): boolean {
  const source = pattern
    .replace(/\/\*\*$/, '(?:/.{0,})?')
    .replace(/\*{2,}/g, '.{0,}')
    .replace(/\*/g, '[^/]{0,}')
  return new RegExp(`^(?:${source})$`, 's').test(series)
}

test('a pattern matches what the same regular expression does', () => {
  fc.assert(
    fc.property(text, name, (pattern, series) => {
      assert.equal(
        new Pattern(pattern).matches(series),
        matches(pattern, series),
        `${pattern} over ${series}`,
      )
    }),
    { numRuns: 3000 },
  )
})

test('a fifth limit is found exactly where some name has it', () => {
  const target = fc.record({ series: text, except: fc.array(text, { maxLength: 1 }) })
  const names = [...allNames(5)]
  fc.assert(
    fc.property(fc.array(target, { minLength: 5, maxLength: 7 }), (patterns) => {
      const targets = patterns.map(({ series, except }, i) => latency(series, except, i + 1))
      const found = overlap(targets)
      if (found === undefined) {
        for (const series of names) assert.ok(countLimits(targets, series) <= 4, series)
      } else {
        assert.equal(countLimits(targets, found.series), found.limitsMs.length)
        assert.ok(found.limitsMs.length > 4)
        assert.equal(limits(targets)('request', found.series).length, 4)
      }
    }),
    { numRuns: 150 },
  )
})

function countLimits(targets: readonly Target[], series: string): number {
  return targets.filter(
    ({ series: wanted, except }) =>
      matches(wanted ?? '**', series) && !except.some((pattern) => matches(pattern, series)),
  ).length
}

function latency(series: string, except: readonly string[], limitMs: number): Target {
  const indicator = { kind: 'latency', percentile: 0.95, limitMs } as const
  const grades = { a: 1, b: 2, c: 3, d: 4 }
  return { id: `${limitMs}`, component: 'request', series, except, indicator, grades, weight: 0 }
}

function* allNames(longest: number): Generator<string> {
  let names = ['']
  for (let length = 1; length <= longest; length++) {
    names = names.flatMap((start) => [`${start}a`, `${start}b`, `${start}/`])
    yield* names
  }
}
