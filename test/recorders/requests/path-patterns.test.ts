import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PathPatterns } from '../../../src/recorders/requests/path-patterns.ts'
import { Pattern } from '../../../src/targets/pattern.ts'

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

test('a path counts up to its 2048th character', () => {
  const images = new PathPatterns(['/**/*.png'])
  const long = `/a/${'b'.repeat(2041)}.png`
  assert.equal(long.length, 2048)
  assert.equal(images.match('GET', long), true)
  assert.equal(images.match('GET', `${long}?${'c'.repeat(9000)}`), true)
  assert.equal(images.match('GET', `/a/b${long}`), false)
  assert.equal(new PathPatterns(['/a/**']).match('GET', `${long}${'/c'.repeat(7000)}`), true)
})
