import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ERRORS } from '../../src/ground/errors.ts'

test('docs/errors.md lists exactly the codes of the table, with the same words', () => {
  const page = readFileSync('docs/errors.md', 'utf8')
  const rows = [...page.matchAll(/^\| `(YS_[A-Z_]+)` \| (.+?) \|/gm)].map((match) => [match[1], match[2]])
  assert.deepEqual(Object.fromEntries(rows), ERRORS)
})
