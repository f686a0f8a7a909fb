import type { Carrier } from './carrier.ts'
import type { Catalogue } from './catalogue.ts'
import type { Database } from './database.ts'
import type { Faults } from './faults.ts'

export interface OrderLine {
  readonly product_id: number
  readonly quantity: number
}

interface Order {
  readonly id: number
  readonly placed_at_ms: number
  readonly state: string
  readonly total_cents: number
}

export interface Booked {
  readonly orderId: number
  readonly totalCents: number
}

export type Placed =
  | ({ readonly kind: 'placed' } & Booked)
  | { readonly kind: 'sold_out'; readonly productId: number }

class SoldOut extends Error {
  readonly productId: number

  constructor(productId: number) {
    super(`product ${productId} is sold out`)
    this.productId = productId
  }
}

/** Placing orders, and what a user has ordered. */
export class Orders {
  readonly #db: Database
  readonly #catalogue: Catalogue
  readonly #carrier: Carrier
  readonly #faults: Faults

  constructor(db: Database, catalogue: Catalogue, carrier: Carrier, faults: Faults) {
    this.#db = db
    this.#catalogue = catalogue
    this.#carrier = carrier
    this.#faults = faults
  }

  async place(userId: number, lines: readonly OrderLine[]): Promise<Placed> {
    try {
      const booked = this.#db.transaction(() => this.#book(userId, lines))
      await this.#catalogue.sold(new Set(lines.map((line) => line.product_id)))
      return { kind: 'placed', ...booked }
    } catch (error) {
      if (error instanceof SoldOut) return { kind: 'sold_out', productId: error.productId }
      throw error
    }
  }

  /** The last twenty orders with their lines, and where the parcels are that are still on their way. */
  async ofUser(userId: number): Promise<readonly object[]> {
    const orders = this.#db.rows<Order>('orders_of_user', userId)
    const lines = this.#faults.isOn('n-plus-one') ? this.#linesOneByOne(orders) : this.#linesAtOnce(userId)
    const underway = orders.filter((order) => order.state !== 'delivered').slice(0, 10)
    const places = await this.#carrier.whereAre(underway.map((order) => order.id))
    return orders.map((order) => ({
      ...order,
      lines: lines.get(order.id) ?? [],
      parcel: places[underway.indexOf(order)] ?? null,
    }))
  }

  #linesAtOnce(userId: number): Map<number, object[]> {
    return Map.groupBy(this.#db.rows<{ order_id: number }>('lines_of_user', userId), (line) => line.order_id)
  }

  #linesOneByOne(orders: readonly Order[]): Map<number, object[]> {
    const lines = new Map<number, object[]>()
    for (const { id } of orders) {
      const ofOrder = this.#db.rows<OrderLine>('lines_of_order', id)
      lines.set(
        id,
        ofOrder.map((line) => ({
          ...line,
          name: this.#db.row<{ name: string }>('product_name', line.product_id)?.name,
        })),
      )
    }
    return lines
  }

  #book(userId: number, lines: readonly OrderLine[]): Booked {
    let totalCents = 0
    const sold = lines.map((line) => {
      const taken = this.#db.row<Taken>('take_stock', line.quantity, line.product_id)
      if (taken === undefined) throw new SoldOut(line.product_id)
      const cents = taken.price_cents * line.quantity
      totalCents += cents
      this.#db.run('add_sale', taken.category, cents)
      return { ...line, priceCents: taken.price_cents }
    })
    const orderId = this.#db.row<{ id: number }>('insert_order', userId, Date.now(), totalCents)?.id ?? 0
    for (const one of sold) this.#db.run('insert_line', orderId, one.product_id, one.quantity, one.priceCents)
    return { orderId, totalCents }
  }
}

interface Taken {
  readonly price_cents: number
  readonly category: string
}
