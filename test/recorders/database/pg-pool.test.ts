import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { Scope } from '../../../src/measure/scope.ts'
import { pg } from '../../../src/recorders/database/pg.ts'
import { PoolQueries } from '../../../src/recorders/database/pg-pool.ts'
import { Instrument } from '../../../src/recorders/libraries/instrument.ts'
import { noLibraries, required } from '../libraries.ts'
import { hasPostgres, postgresServer } from '../servers/postgres.ts'

interface Pool extends NodeJS.EventEmitter {
  query(text: string): Promise<unknown>
  end(): Promise<void>
}

const skip = noLibraries ?? (hasPostgres ? false : 'PostgreSQL is not installed')

for (const event of ['acquire', 'release']) {
  test(`listeners of a pool for '${event}' run in a request that is at work, not in the one that opened the connection`, {
    skip,
  }, async (t) => {
    const server = await postgresServer()
    t.after(() => server.stop())
    const { ledger } = new Reading()
    t.after(pg().attach(ledger))
    const { Pool } = required<{ readonly Pool: new (options: object) => Pool }>('pg')
    const pool = new Pool({ host: '127.0.0.1', port: server.port, user: 'postgres', max: 1 })
    const ask = (scope: Scope): Promise<unknown> => ledger.scopes.run(scope, () => pool.query('SELECT 1'))
    await ask(new Scope(0))
    const heard: unknown[] = []
    pool.on(event, () => heard.push(ledger.scopes.getStore()))
    const working = [new Scope(0), new Scope(0), new Scope(0)]
    await Promise.all(working.map(ask))
    await pool.end()
    assert.equal(heard.length, working.length)
    for (const scope of heard) assert.ok(working.includes(scope as Scope))
  })
}

type Connected = (error: unknown, client?: unknown) => void

/** A pool as others make one of it before we come, with pg-pool's own way of asking. */
class OddPool extends EventEmitter {
  readonly Promise = Promise
  readonly log = () => {}

  connect(called?: Connected): Promise<unknown> | undefined {
    if (called === undefined) return Promise.resolve('a client')
    called(new Error('no connection'), null)
    return undefined
  }

  query(_text: string): Promise<unknown> {
    return new Promise((done, failed) => {
      this.connect((error, client) => (error ? failed(error) : done(client)))
    })
  }
}

/** The `query` of clients. */
const taker = (): void => {}

function watched(Pool: { readonly prototype: object }) {
  const reading = new Reading()
  const queries = new PoolQueries()
  const instrument = new Instrument('pg', reading.ledger)
  queries.watch(Pool, instrument)
  queries.handTo(taker, OddPool.prototype.connect as never, undefined)
  return { reading, queries, instrument }
}

test('a connection that is refused with `null` in its place is a failed wait, and the query fails', async () => {
  class Pool extends OddPool {}
  const { reading } = watched(Pool)
  await assert.rejects(new Pool().query('SELECT 1'), { message: 'no connection' })
  assert.deepEqual(reading.outcomes(), { 'database_wait pg': 'failed 1' })
})

test('a query of somebody else that awaits its connection gets one', async () => {
  class Pool extends OddPool {
    override async query(_text: string): Promise<unknown> {
      return this.connect()
    }
  }
  const { reading } = watched(Pool)
  assert.equal(await new Pool().query('SELECT 1'), 'a client')
  assert.deepEqual(reading.outcomes(), { 'database_wait pg': 'ok 1' })
})

test('a pool that is asked for a connection while another one asks for its own is not taken for it', async () => {
  const waiting: (() => void)[] = []
  const client = { query: taker }
  class Pool extends OddPool {
    // biome-ignore lint/complexity/useArrowFunction: as pg-pool's own is written
    override readonly log = function () {}

    override connect(called: Connected): undefined {
      waiting.push(() => called(undefined, client))
    }
  }
  const { reading, queries } = watched(Pool)
  const { scopes } = reading.ledger
  const control = new Pool()
  const seen: unknown[] = []
  const tenant = Object.assign(new Pool(), {
    connect(called: Connected) {
      control.connect(() => {
        seen.push(scopes.getStore(), queries.hands(client, ['SELECT 1', [], () => {}]))
        called(undefined, client)
      })
    },
  })
  const scope = new Scope(0)
  const asked = scopes.run(scope, () => tenant.query('SELECT 1'))
  // As a connection's socket would.
  while (waiting.length > 0) waiting.shift()!()
  await asked
  assert.deepEqual(seen, [scope, false])
})

test('a query that is called as nobody’s is not taken for one of a pool', () => {
  const { queries } = watched(class extends OddPool {})
  assert.equal(queries.hands(undefined, ['SELECT 1', [], () => {}]), false)
})
