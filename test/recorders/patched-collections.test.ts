import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RedisCommands } from '../../src/recorders/cache/redis-commands.ts'
import { Destinations } from '../../src/recorders/external/destinations.ts'
import { Operations } from '../../src/recorders/graphql/operations.ts'
import { Attempts } from '../../src/recorders/jobs/attempts.ts'
import { Instrument } from '../../src/recorders/libraries/instrument.ts'
import { Templates } from '../../src/recorders/routes/templates.ts'
import { stepped } from '../engine/stepped.ts'

/** The application has put its own methods, which fail, on what all Maps and Sets share. */
function patched<T>(run: () => T): T {
  const undo: (() => void)[] = []
  for (const prototype of [Map.prototype, Set.prototype]) {
    for (const name of ['get', 'has', 'set', 'add', 'delete', 'size']) {
      const own = Object.getOwnPropertyDescriptor(prototype, name)
      if (own === undefined) continue
      undo.push(() => Object.defineProperty(prototype, name, own))
      const fails = (): never => {
        throw new Error(`the application's ${name}`)
      }
      const theirs = own.get === undefined ? { value: fails } : { get: fails }
      Object.defineProperty(prototype, name, { configurable: true, ...theirs })
    }
  }
  try {
    return run()
  } finally {
    for (const each of undo) each()
  }
}

describe('what recorders look up at each event, in an application that has patched Map and Set', async () => {
  const { ledger } = await stepped()

  test('destinations', () => {
    const destinations = new Destinations(ledger)
    const found = patched(() => destinations.find('GET', 'a.example'))
    assert.equal(
      patched(() => destinations.find('GET', 'a.example')),
      found,
    )
  })

  test('commands of Redis', () => {
    const commands = new RedisCommands(ledger)
    const found = patched(() => ['GET', 'PING', 'BLPOP'].map((name) => commands.find(name)))
    assert.deepEqual(
      found.map((command) => command && [command.name, command.waits]),
      [['get', false], undefined, ['blpop', true]],
    )
    assert.equal(
      patched(() => commands.find('GET')),
      found[0],
    )
  })

  test('attempts at jobs', () => {
    const attempts = new Attempts(new Instrument('test', ledger))
    const attempt = patched(() => attempts.begin('mail', 'welcome'))
    assert.equal(patched(() => attempts.begin('mail', 'welcome')).tally, attempt.tally)
  })

  test('operations of GraphQL', () => {
    const operations = new Operations(ledger)
    const definition = { kind: 'OperationDefinition', operation: 'query', name: { value: 'Users' } }
    const found = patched(() => operations.find({ document: { definitions: [definition] } }))
    assert.equal(operations.find({ document: { definitions: [{ ...definition }] } }), found)
  })

  test('templates of routes', () => {
    const templates = new Templates()
    assert.equal(
      patched(() => templates.join('/api', '/users/:id')),
      '/api/users/:id',
    )
  })
})
