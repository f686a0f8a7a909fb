import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { Ledger } from '../../../src/measure/ledger.ts'
import { Guard } from '../../../src/recorders/libraries/guard.ts'

test('whatever a function of the application throws, its caller goes on and its words are not told', () => {
  const told: string[] = []
  const ledger = new Ledger({
    thread: 0,
    scopes: new AsyncLocalStorage(),
    now: () => 0,
    limits: () => [],
    announce: (announcement) => {
      if (announcement.kind === 'error') told.push(announcement.text)
    },
  })
  const hostile = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new Error('asked')
      },
    },
  )
  for (const thrown of [new TypeError('cookie=secret'), 'secret', undefined, hostile]) {
    const user = Guard.around('user', ledger, () => {
      throw thrown
    })
    assert.equal(user(), undefined)
  }
  assert.deepEqual(told, ['user: TypeError', 'user: string', 'user: undefined', 'user: object'])
})
