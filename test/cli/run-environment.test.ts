import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runEnvironment } from '../../src/cli/run-environment.ts'

test('a path given as --store is made absolute; a word or an address, also one of no store, goes on as it is', () => {
  const storeOf = (store: string) =>
    runEnvironment({ store }, '/preload.js', { env: {}, cwd: '/srv/shop' }).YARDSTICK_STORE
  assert.equal(storeOf('figures.db'), '/srv/shop/figures.db')
  for (const store of ['memory', 'sqlite', 'postgres://h/d', 'PostgreSQL://h/d', 'mysql://h/d'])
    assert.equal(storeOf(store), store)
})
