import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { queryNames, UNKNOWN_QUERY } from '../../src/measure/query-names.ts'

test('what holds white space, a quote or a semicolon is SQL, anything else a name', () => {
  const { name } = queryNames()
  assert.equal(name('SELECT * FROM users WHERE id = 7'), 'SELECT users')
  assert.equal(name('select\n1'), 'select')
  assert.equal(name("SELECT'secret'"), 'SELECT')
  assert.equal(name('COMMIT;'), 'COMMIT')
  assert.equal(name('user_lookup'), 'user_lookup')
  assert.equal(name('orders/by-day'), 'orders/by-day')
  assert.equal(name(''), '')
})

test('a text that is longer than any SQL is read is no name, whatever is in it', () => {
  const { name } = queryNames()
  assert.equal(name('x'.repeat(8_192)), 'x'.repeat(8_192))
  assert.equal(name('x'.repeat(8_193)), UNKNOWN_QUERY)
})

test('a text without a statement has a name that tells nothing of it', () => {
  const { name } = queryNames()
  for (const text of ['hello world', '   ', 'my "secret"', "'secret'"])
    assert.equal(name(text), UNKNOWN_QUERY)
})

test('a name is as long as a series may be called, and ends with a whole table', () => {
  const tables = Array.from({ length: 40 }, (_, i) => `table_${i}`)
  const told = queryNames().name(`SELECT * FROM ${tables.join(', ')}`)
  assert.ok(told.length <= 200 && told.length > 190)
  assert.ok(tables.includes(told.split(' ').at(-1)!))
})

test('however small the memory, the same text has the same name', () => {
  for (const limit of [1, 2, 3, 10]) {
    const { name } = queryNames(limit)
    for (let round = 0; round < 50; round++) {
      const table = `t${(round * 7) % 11}`
      assert.equal(name(`SELECT * FROM ${table}`), `SELECT ${table}`)
    }
  }
})

test('texts that never come again do not fill the memory', () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const { name } = queryNames()
  const heap = () => {
    gc()
    return process.memoryUsage().heapUsed
  }
  const before = heap()
  for (let i = 0; i < 5000; i++) name(`SELECT ${'column_name, '.repeat(300)} ${i} FROM t`)
  for (let i = 0; i < 50; i++) name(`INSERT INTO t VALUES ${`(${i}, 'x'), `.repeat(20_000)}`)
  const grownBytes = heap() - before
  assert.equal(name('SELECT 1'), 'SELECT')
  // All of the texts are 30 MB; a million characters are remembered.
  assert.ok(grownBytes < 8_000_000, `${grownBytes} bytes`)
})
