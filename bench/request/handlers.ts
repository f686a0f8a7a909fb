import type { Monitor } from './monitor.ts'

const rows = new Map([
  ['user_lookup', { id: 7, name: 'Ada' }],
  ['open_orders', { id: 12, name: 'tea' }],
  ['price_list', { id: 3, name: 'standard' }],
])

/** The smallest answer that anybody sends. */
export function hello(): object {
  return { hello: 'world' }
}

/** Three queries in turn, each awaited; the database is a Map, so that what measures them is what shows. */
export async function threeQueries({ query }: Monitor): Promise<object> {
  const found: unknown[] = []
  for (const name of rows.keys()) found.push(await query(name, async () => rows.get(name)))
  return { found }
}
