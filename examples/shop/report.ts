import type { Database } from './database.ts'
import type { Faults } from './faults.ts'

const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF', 'SEK']
const FORMATTERS = new Map(CURRENCIES.map((currency) => [currency, formatter(currency)]))

export interface PricesOfProduct {
  readonly id: number
  readonly prices: readonly string[]
}

/** For the management: sales, the last orders, and a price list in five currencies. */
export class Report {
  readonly #db: Database
  readonly #faults: Faults

  constructor(db: Database, faults: Faults) {
    this.#db = db
    this.#faults = faults
  }

  write(): object {
    return {
      sales: this.#db.rows('sales_by_category'),
      last_orders: this.#db.rows('last_orders'),
      price_list: this.#priceList(),
    }
  }

  #priceList(): readonly PricesOfProduct[] {
    // A formatter costs a hundred times what using it costs, and nothing else runs meanwhile.
    const wasteful = this.#faults.isOn('event-loop-block')
    const of = (currency: string): Intl.NumberFormat | undefined =>
      wasteful ? formatter(currency) : FORMATTERS.get(currency)
    return this.#db.rows<{ id: number; price_cents: number }>('price_list').map(({ id, price_cents }) => ({
      id,
      prices: CURRENCIES.map((currency) => of(currency)?.format(price_cents / 100) ?? ''),
    }))
  }
}

function formatter(currency: string): Intl.NumberFormat {
  return new Intl.NumberFormat('en', { style: 'currency', currency })
}
