import type { DatabaseSync } from 'node:sqlite'
import { hashPassword } from './passwords.ts'
import { PRODUCT_PAGE, QUERIES } from './queries.ts'
import { random } from './random.ts'
import { LINE_INDEX, SCHEMA } from './schema.ts'

export interface ShopSize {
  readonly products: number
  readonly users: number
  readonly orders: number
}

export const SHOP_SIZE: ShopSize = { products: 5_000, users: 2_000, orders: 40_000 }
export const SEED_PASSWORD = 'correct horse battery staple'
/** So many pages of each category's listing are worked out beforehand. */
export const WARM_LISTINGS = 6
export const CATEGORIES: readonly string[] = words('kitchen garden workshop office bedroom travel toys books')
export const MATERIALS: readonly string[] = words('copper oak linen steel glass wool bamboo clay cork slate')
export const THINGS: readonly string[] = words(
  'kettle lamp chair box rug bowl clock shelf vase basket knife jar',
)
const MANNERS = words('quiet bright sturdy small folding round tall warm plain striped')
const ROLES = {
  customer: ['own:read', 'orders:write'],
  support: ['own:read', 'users:read', 'orders:read'],
  admin: ['own:read', 'users:read', 'orders:read', 'orders:write', 'reports:read'],
} as const

/** Every hundredth user is an admin, every fiftieth of the others is with support. */
export function roleOf(userId: number): keyof typeof ROLES {
  if (userId % 100 === 0) return 'admin'
  return userId % 50 === 0 ? 'support' : 'customer'
}

export function emailOf(userId: number): string {
  return `user${userId}@shop.example`
}

/** Fills an empty database. The same every time, but for the times of the orders, which end now. */
export function seed(db: DatabaseSync, size: ShopSize): void {
  const next = random(20_250_110)
  const upTo = (limit: number): number => 1 + Math.floor(next() * limit)
  const pick = (list: readonly string[]): string => list[upTo(list.length) - 1] ?? ''
  db.exec(`${SCHEMA}; BEGIN`)

  const role = db.prepare('INSERT INTO role_permissions VALUES (?, ?)')
  for (const [name, permissions] of Object.entries(ROLES)) for (const one of permissions) role.run(name, one)

  const product = db.prepare('INSERT INTO products VALUES (?, ?, ?, ?, ?, ?)')
  const rating = db.prepare('INSERT INTO ratings VALUES (?, ?)')
  for (let id = 1; id <= size.products; id++) {
    const [manner, material, thing] = [pick(MANNERS), pick(MATERIALS), pick(THINGS)]
    const text = `A ${manner} ${thing} of ${material}, made by hand for ${pick(MANNERS)} days and ${pick(MANNERS)} evenings.`
    product.run(id, `${manner} ${material} ${thing} ${id}`, pick(CATEGORIES), text, 500 + upTo(20_000), 5_000)
    for (let n = upTo(5); n > 1; n--) rating.run(id, Math.min(5, 1 + upTo(5)))
  }

  // One hash for all: two thousand honest ones would take two minutes of CPU to make.
  const hash = hashPassword(SEED_PASSWORD)
  const user = db.prepare('INSERT INTO users VALUES (?, ?, ?, ?, ?)')
  for (let id = 1; id <= size.users; id++) user.run(id, emailOf(id), `User ${id}`, roleOf(id), hash)

  seedOrders(db, size, upTo)
  db.exec(`
    INSERT INTO sales SELECT category, count(*), sum(order_lines.price_cents * quantity)
      FROM order_lines JOIN products ON products.id = product_id GROUP BY category;
    INSERT INTO product_words (product_words) VALUES ('rebuild');
    ${LINE_INDEX.create}; COMMIT; ANALYZE
  `)
  materialise(db, size)
}

/** Fills the third cache layer, but for the newest products and the far pages: those wait for a first reader. */
function materialise(db: DatabaseSync, size: ShopSize): void {
  db.exec('BEGIN')
  const warm = size.products - Math.ceil(size.products / 500)
  db.prepare(`INSERT INTO product_pages ${PRODUCT_PAGE} WHERE products.id <= ?`).run(warm)
  const listing = db.prepare(QUERIES.products_of_category.sql)
  const keep = db.prepare('INSERT INTO listing_pages VALUES (?, ?, ?)')
  for (const category of CATEGORIES) {
    for (let page = 0; page < WARM_LISTINGS; page++) {
      const products = listing.all(category, page * 20)
      if (products.length > 0) keep.run(category, page, JSON.stringify(products))
    }
  }
  db.exec('COMMIT')
}

function seedOrders(db: DatabaseSync, size: ShopSize, upTo: (limit: number) => number): void {
  const order = db.prepare('INSERT INTO orders VALUES (?, ?, ?, ?, ?)')
  const line = db.prepare('INSERT INTO order_lines VALUES (?, ?, ?, ?)')
  const nowMs = Date.now()
  for (let id = 1; id <= size.orders; id++) {
    const lines = upTo(4)
    let totalCents = 0
    for (let n = 0; n < lines; n++) {
      const priceCents = 500 + upTo(20_000)
      const quantity = upTo(3)
      totalCents += priceCents * quantity
      line.run(id, upTo(size.products), quantity, priceCents)
    }
    const state = id > size.orders * 0.7 ? 'shipped' : 'delivered'
    order.run(id, upTo(size.users), nowMs - (size.orders - id) * 60_000, state, totalCents)
  }
}

function words(list: string): readonly string[] {
  return list.split(' ')
}
