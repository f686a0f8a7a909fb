import { noPostgres, PostgresServer } from '../../servers/postgres.ts'
import type { TestServer } from './test-server.ts'

export const hasPostgres: boolean = noPostgres === false

/** A PostgreSQL of its own; user and database are `postgres`, without a password. */
export async function postgresServer(): Promise<TestServer> {
  const server = await PostgresServer.start()
  // Clients that are about to leave may: told to go, an old driver would throw.
  return { port: server.port, stop: () => server.remove('smart') }
}
