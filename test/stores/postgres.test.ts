import { basename } from 'node:path'
import { after, describe } from 'node:test'
import { storeContract } from '../../contracts/store.ts'
import { openPostgres } from '../../src/stores/postgres.ts'
import { noPgBouncer, PgBouncer } from '../servers/pgbouncer.ts'
import { noPostgres, PostgresServer } from '../servers/postgres.ts'
import { Said } from './said.ts'

// One server for all; each test's place is a schema of its own.
const schemaOf = (directory: string): string => basename(directory).replaceAll('-', '_').toLowerCase()

describe('on a real PostgreSQL', { skip: noPostgres }, async () => {
  if (noPostgres !== false) return
  const server = await PostgresServer.start()
  after(() => server.remove())

  storeContract({
    name: 'postgres',
    shared: true,
    open: ({ directory, clock }) =>
      openPostgres(
        { url: server.url, schema: schemaOf(directory) },
        { directory, clock, logger: new Said() },
      ),
  })

  describe('through PgBouncer in transaction mode', { skip: noPgBouncer }, async () => {
    if (noPgBouncer !== false) return
    const bouncer = await PgBouncer.start(server)
    after(() => bouncer.remove())

    storeContract({
      name: 'postgres through PgBouncer',
      shared: true,
      open: ({ directory, clock }) =>
        openPostgres(
          { url: bouncer.url, schema: schemaOf(directory) },
          { directory, clock, logger: new Said() },
        ),
    })
  })
})
