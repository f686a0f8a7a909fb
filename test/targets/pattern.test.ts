import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Pattern } from '../../src/targets/pattern.ts'

test('wildcards stand for a segment, for anything, at the end also for nothing', () => {
  const cases: readonly (readonly [pattern: string, name: string, expected: boolean])[] = [
    ['', '', true],
    ['*', '', true],
    ['GET /admin/**', 'GET /admin', true],
    ['GET /admin/**', 'GET /admin/a/b', true],
    ['GET /admin/**', 'GET /administer', false],
    ['GET /*.png', 'GET /a.png', true],
    ['GET /*.png', 'GET /a/b.png', false],
    ['/**/*.png', '/a/b/c.png', true],
    ['/**/*.png', '/a/b/c.jpg', false],
    ['a*a', 'a', false],
    ['*\u{1F600}', 'x\u{1F600}', true],
    ['/***', '', false],
  ]
  for (const [pattern, name, expected] of cases) {
    assert.equal(new Pattern(pattern).matches(name), expected, `${pattern} over ${name}`)
  }
})

test('law: patterns of more than 32 places match what the same regular expression does', () => {
  const letters = (longest: number) =>
    fc.array(fc.constantFrom('a', 'b', '/', '\u{1F600}'), { maxLength: longest }).map((all) => all.join(''))
  const star = fc.constantFrom('*', '**')
  const parts = fc.tuple(letters(40), star, letters(40), star, letters(3))
  const fillings = fc.tuple(letters(30), letters(30))
  fc.assert(
    fc.property(parts, fillings, fc.nat(70), ([one, first, two, second, three], [here, there], flipped) => {
      const text = `${one}${first}${two}${second}${three}`
      const exact = `${one}${here}${two}${there}${three}`
      const other = `${exact.slice(0, flipped)}a${exact.slice(flipped + 1)}`
      const pattern = new Pattern(text)
      for (const name of [exact, other]) {
        const expected = expression(text).test(name)
        assert.equal(pattern.matches(name), expected, `${text} over ${name}`)
        let places = pattern.start()
        for (const character of name) places = pattern.after(places, character)
        assert.equal(pattern.accepts(places), expected)
      }
    }),
    { numRuns: 2000 },
  )
})

function expression(text: string): RegExp {
  const source = text
    .replace(/\/\*\*$/, '(?:/.{0,})?')
    .replace(/\*{2,}/g, '.{0,}')
    .replace(/\*/g, '[^/]{0,}')
  return new RegExp(`^(?:${source})$`, 'su')
}
