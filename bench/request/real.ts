import { rival } from '../rival.ts'
import type { Monitor } from './monitor.ts'

interface Query {
  readonly name: string
  readonly text: string
}

interface Drivers {
  readonly pool: {
    query(
      query: Query & { readonly values: readonly unknown[] },
    ): Promise<{ readonly rows: readonly unknown[] }>
  }
  readonly redis: {
    get(key: string): Promise<string | null>
    set(key: string, value: string): Promise<unknown>
  }
}

export const REAL = '/real'
/** What is measured of it: the request itself, three queries and two reads of a cache. */
export const OPERATIONS = 6

// Named, so prepared once: planned anew each time, they keep the database's core as busy as the server's, and then
// requests/s no longer show what the server's core is used for.
const USER: Query = { name: 'user', text: 'SELECT id, name FROM users WHERE id = $1' }
const ORDERS: Query = { name: 'orders', text: 'SELECT id, product FROM orders WHERE user_id = $1 LIMIT 5' }
const PRICE: Query = { name: 'price', text: 'SELECT cents FROM prices WHERE product = $1' }

/**
 * A request as services answer them: two reads of Redis, three queries of PostgreSQL, in turn, through drivers that
 * every agent knows without code.
 */
export function realRequest({ driver = (_name, run) => run() }: Monitor): () => Promise<object> {
  let opened: Promise<Drivers> | undefined
  return async () => {
    // Not before the first request, so that the memory of other paths holds no drivers.
    opened ??= open()
    const { pool, redis } = await opened
    const query = async (what: Query, value: unknown): Promise<readonly unknown[]> =>
      (await driver(what.name, () => pool.query({ ...what, values: [value] }))).rows
    const session = await driver('session', () => redis.get('session:7'))
    const user = await query(USER, 7)
    const orders = await query(ORDERS, 7)
    const basket = await driver('basket', () => redis.get('basket:7'))
    const price = await query(PRICE, 'tea')
    return { session, user, orders, basket, price }
  }
}

async function open(): Promise<Drivers> {
  const { Pool } = rival<{ readonly Pool: new (options: object) => Drivers['pool'] }>('pg')!
  const Redis = rival<new (options: object) => Drivers['redis']>('ioredis')!
  const { BENCH_POSTGRES_PORT, BENCH_REDIS_PORT } = process.env
  const at = (port: string | undefined): object => ({ host: '127.0.0.1', port: Number(port) })
  const redis = new Redis(at(BENCH_REDIS_PORT))
  await redis.set('session:7', 'Ada')
  await redis.set('basket:7', '[12, 3]')
  // Nothing shall depend on whether a connection was idle for the ten seconds after which a pool lets it go.
  const idleTimeoutMillis = 0
  return {
    pool: new Pool({ ...at(BENCH_POSTGRES_PORT), user: 'postgres', max: 10, idleTimeoutMillis }),
    redis,
  }
}
