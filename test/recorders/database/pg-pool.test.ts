import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { Scope } from '../../../src/measure/scope.ts'
import { pg } from '../../../src/recorders/database/pg.ts'
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
