import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { all } from '../../contracts/store/figures.ts'
import { linesOf } from '../../src/stores/lines.ts'

async function* each(chunks: readonly string[]): AsyncGenerator<string> {
  yield* chunks
}

test('law: however a text is cut, its lines are what lies between the line breaks', async () => {
  const piece = fc.constantFrom('\n', '\r\n', '{"a":1}', '\u2028', '\u2029', 'naïve 🐢', '\r', '')
  await fc.assert(
    fc.asyncProperty(fc.array(piece), fc.array(fc.nat(40)), async (pieces, cuts) => {
      const text = pieces.join('')
      const at = [0, ...cuts.toSorted((a, b) => a - b), text.length]
      const chunks = at.slice(1).map((to, i) => text.slice(at[i], to))
      const expected = text.split('\n').map((line) => line.replace(/\r$/, ''))
      if (text === '' || text.endsWith('\n')) expected.pop()
      assert.deepEqual(await all(linesOf(each(chunks))), expected)
    }),
  )
})

test('a line that is too long is refused by number before it is read to its end', async () => {
  let given = 0
  async function* endless(): AsyncGenerator<string> {
    yield 'short\n'
    for (;;) {
      given++
      yield 'x'.repeat(10)
    }
  }
  await assert.rejects(() => all(linesOf(endless(), 1000)), {
    code: 'YS_STORE_DATA',
    message:
      /^line 2 of the export: expected at most 1000 characters, got more; give what "yardstick store export"/,
  })
  assert.equal(given, 101)
  assert.deepEqual(await all(linesOf(each(['x'.repeat(1000), '\n']), 1000)), ['x'.repeat(1000)])
})
