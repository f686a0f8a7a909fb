import { redisServer } from '../../test/recorders/servers/redis.ts'
import { PostgresServer } from '../../test/servers/postgres.ts'

/** A real PostgreSQL and a real Redis for `/real`, with what it reads in them. */
export interface Backends {
  /** How a server under test finds them. */
  readonly environment: Readonly<Record<string, string>>
  readonly close: () => Promise<void>
}

export async function openBackends(): Promise<Backends> {
  const postgres = await PostgresServer.start()
  await postgres.query(
    `CREATE TABLE users (id int PRIMARY KEY, name text);
     CREATE TABLE orders (id int PRIMARY KEY, user_id int, product text);
     CREATE INDEX ON orders (user_id);
     CREATE TABLE prices (product text PRIMARY KEY, cents int);
     INSERT INTO users SELECT n, 'user ' || n FROM generate_series(1, 1000) n;
     INSERT INTO orders SELECT n, n % 1000 + 1, 'tea' FROM generate_series(1, 5000) n;
     INSERT INTO prices VALUES ('tea', 250);
     ANALYZE`,
  )
  const redis = await redisServer()
  return {
    environment: { BENCH_POSTGRES_PORT: String(postgres.port), BENCH_REDIS_PORT: String(redis.port) },
    close: async () => {
      await redis.stop()
      await postgres.remove()
    },
  }
}
