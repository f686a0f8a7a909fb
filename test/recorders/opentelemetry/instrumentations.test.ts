import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { OperationsOfSpans } from '../../../src/recorders/opentelemetry/processor.ts'
import { recorders } from '../../../src/recorders/table.ts'
import { noLibraries, required } from '../libraries.ts'
import { hasPostgres, postgresServer } from '../servers/postgres.ts'
import type { TestServer } from '../servers/test-server.ts'

interface Instrumentation {
  setTracerProvider(provider: object): void
  enable(): void
  disable(): void
}

interface Pool {
  query(text: string): Promise<unknown>
  end(): Promise<void>
}

interface Knex {
  raw(text: string): Promise<unknown>
  destroy(): Promise<void>
}

const skip = noLibraries ?? (hasPostgres ? false : 'PostgreSQL is not installed')
const reading = new Reading()
/** Spans that ended, by the scope that made them. */
const spans: Record<string, number> = {}
const counting = {
  onStart: () => {},
  onEnd: (span: { readonly instrumentationScope: { readonly name: string } }) => {
    const { name } = span.instrumentationScope
    spans[name] = (spans[name] ?? 0) + 1
  },
  forceFlush: async () => {},
  shutdown: async () => {},
}
let server: TestServer
let undo: readonly (() => void)[] = []

before(async () => {
  if (skip !== false) return
  server = await postgresServer()
  undo = recorders().map((recorder) => recorder.attach(reading.ledger))
  const { NodeTracerProvider } = required<{
    readonly NodeTracerProvider: new (options: object) => object
  }>('opentelemetry-sdk2')
  const spanProcessors = [new OperationsOfSpans(() => reading.ledger), counting]
  const provider = new NodeTracerProvider({ spanProcessors })
  for (const [name, type] of [
    ['pg', 'PgInstrumentation'],
    ['knex', 'KnexInstrumentation'],
  ] as const) {
    const loaded = required<Record<string, new () => Instrumentation>>(
      `@opentelemetry/instrumentation-${name}`,
    )
    const instrumentation = new loaded[type]!()
    instrumentation.setTracerProvider(provider)
    undo = [...undo, () => instrumentation.disable()]
  }
})

after(async () => {
  for (const each of undo) each()
  await server?.stop()
})

function at(): object {
  return { host: '127.0.0.1', port: server.port, user: 'postgres', database: 'postgres' }
}

test('queries under both are counted once, by the recorder', { skip }, async () => {
  const { Pool } = required<{ readonly Pool: new (options: object) => Pool }>('pg')
  const knex = required<(options: object) => Knex>('knex')
  const pool = new Pool(at())
  const builder = knex({ client: 'pg', connection: at() })
  for (let i = 0; i < 10; i++) await pool.query('SELECT 1 AS one')
  for (let i = 0; i < 5; i++) await builder.raw('SELECT 2 AS two')
  await pool.end()
  await builder.destroy()
  const made = Object.entries(spans).filter(([name]) => /-(pg|knex)$/.test(name))
  assert.deepEqual(made.map(([name]) => name).sort(), [
    '@opentelemetry/instrumentation-knex',
    '@opentelemetry/instrumentation-pg',
  ])
  const counts = reading.counts()
  const queries = [...counts].filter(([key]) => key.startsWith('database SELECT'))
  assert.equal(
    queries.reduce((sum, [, { total }]) => sum + total, 0),
    15,
    JSON.stringify(reading.outcomes()),
  )
  assert.deepEqual(reading.errors, [])
})
