import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { RedisCommands } from '../../../src/recorders/cache/redis-commands.ts'
import { query } from '../../../src/recorders/database/queries.ts'

const SQL = 'SELECT * FROM users WHERE id = $1'

describe('what is found for a query once more', () => {
  test('is the same for a text, and for another one of the same name', () => {
    const { ledger } = new Reading()
    const found = query(ledger, SQL)
    assert.equal(query(ledger, SQL), found)
    assert.equal(query(ledger, `${SQL} LIMIT 1`), found)
    assert.notEqual(query(ledger, 'SELECT * FROM orders'), found)
  })

  test('is of the ledger that asks', () => {
    const [one, two] = [new Reading(), new Reading()]
    for (const { ledger } of [one, two, one]) query(ledger, SQL)?.record(1)
    assert.deepEqual(one.outcomes(), { 'database SELECT users': 'ok 2' })
    assert.deepEqual(two.outcomes(), { 'database SELECT users': 'ok 1' })
  })

  test('is not remembered where there was no room: there may be later', () => {
    const reading = new Reading({ seriesLimit: 1 })
    const { ledger } = reading
    query(ledger, 'SELECT * FROM orders')?.record(1)
    for (let n = 0; n < 2; n++) query(ledger, SQL)?.record(1)
    assert.deepEqual(reading.outcomes(), { 'database SELECT orders': 'ok 1', 'database (other)': 'ok 2' })
    ledger.bound({ seriesLimit: 10, componentLimit: 10 })
    query(ledger, SQL)?.record(1)
    assert.equal(reading.outcomes()['database SELECT users'], 'ok 1')
  })

  test('changes when its table is declared to be a cache', () => {
    const reading = new Reading()
    const { ledger } = reading
    query(ledger, SQL)?.record(1)
    ledger.layers.declare({ 'table users': 'cache_l3' })
    query(ledger, SQL)?.record(1)
    ledger.layers.declare({})
    query(ledger, SQL)?.record(1)
    assert.deepEqual(reading.outcomes(), { 'database SELECT users': 'ok 2', 'cache_l3 get': 'ok 1' })
  })
})

test('a command of Redis counts where its layer is now, and in (other) only while there is no room', () => {
  const reading = new Reading({ seriesLimit: 1 })
  const commands = new RedisCommands(reading.ledger)
  const get = commands.find('get')!
  commands.operation(get, 'cache_l2')?.record(1)
  commands.operation(get, 'cache_l3')?.record(1)
  commands.operation(get, 'cache_l2')?.record(1)
  reading.ledger.bound({ seriesLimit: 10, componentLimit: 10 })
  commands.operation(get, 'cache_l3')?.record(1)
  assert.deepEqual(reading.outcomes(), {
    'cache_l2 get': 'ok 2',
    'cache_l3 (other)': 'ok 1',
    'cache_l3 get': 'ok 1',
  })
})
