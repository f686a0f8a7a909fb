import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)
const built = new URL('dist/contracts/index.js', root)

/** A store as somebody else's package would test it. */
const foreign = `
  import { storeContract } from 'yardstick/contracts'
  import { MemoryStore } from '${new URL('dist/stores/memory/store.js', root)}'
  class Theirs extends MemoryStore { SABOTAGE }
  storeContract({ name: 'theirs', shared: false, open: async ({ clock }) => new Theirs({}, clock) })`

const run = (sabotage: string) => {
  const text = foreign.replace('SABOTAGE', sabotage)
  const words = ['--input-type=module', '-e', text]
  // Inside of a test run the child would report to this one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return spawnSync(process.execPath, words, { cwd: fileURLToPath(root), encoding: 'utf8', env })
}

const skip = existsSync(built) ? false : 'the package is not built (npm run build)'

test('the contract of the built package passes a store that keeps it, and fails one that does not', {
  skip,
}, () => {
  const good = run('')
  assert.match(good.stdout, /^(# |ℹ )fail 0$/m, good.stdout + good.stderr)
  assert.equal(good.status, 0)
  const bad = run('async claim() { return true }')
  assert.match(bad.stdout, /a claim is given to the first who asks/)
  assert.notEqual(bad.status, 0)
})
