import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { distance, suggestion } from '../../src/ground/suggestion.ts'

test('a word is taken for the nearest known one, up to a third of its letters away, one at least', () => {
  const known = ['database', 'request', 'gc']
  for (const [word, meant] of [
    ['databsae', 'database'],
    ['DATA_BSE', 'database'],
    ['requests', 'request'],
    ['gd', 'gc'],
    ['pricing', undefined],
    ['db', undefined],
  ] as const) {
    assert.equal(suggestion(word, known), meant, word)
  }
})

test('law: the known word that is given is near enough, and none is nearer', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
  fc.assert(
    fc.property(word, fc.array(word), (given, known) => {
      const most = Math.max(1, Math.floor(given.length / 3))
      const least = Math.min(...known.map((each) => distance(given, each)))
      const found = suggestion(given, known)
      assert.equal(found === undefined, least > most)
      if (found !== undefined) assert.equal(distance(given, found), least)
    }),
  )
})
