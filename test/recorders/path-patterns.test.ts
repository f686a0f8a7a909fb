import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PathPatterns } from '../../src/recorders/path-patterns.ts'
import { Pattern } from '../../src/targets/pattern.ts'

const text = fc
  .array(fc.constantFrom('/', 'a', 'b', '*', '**', '/**'), { maxLength: 6 })
  .map((parts) => parts.join(''))
const path = fc.array(fc.constantFrom('/', 'a', 'b'), { maxLength: 8 }).map((parts) => `/${parts.join('')}`)

test('law: the short cut decides as the pattern does', () => {
  fc.assert(
    fc.property(text, path, (rest, url) => {
      assert.equal(new PathPatterns([`/${rest}`]).match('GET', url), new Pattern(`/${rest}`).matches(url))
      assert.equal(
        new PathPatterns([`GET /${rest}`]).match('GET', `${url}?query=/a`),
        new Pattern(`GET /${rest}`).matches(`GET ${url}`),
      )
      assert.equal(new PathPatterns([`GET /${rest}`]).match('PUT', url), false)
    }),
    { numRuns: 2000 },
  )
})
