import type { Database } from './database.ts'
import type { Faults } from './faults.ts'
import type { LocalCache } from './local-cache.ts'
import { Materialised } from './materialised.ts'
import { WARM_LISTINGS } from './seed.ts'
import type { SharedCache } from './shared-cache.ts'

export interface ProductPage {
  readonly id: number
  readonly name: string
  readonly category: string
  readonly description: string
  readonly price_cents: number
  readonly stock: number
  readonly stars: number | null
  readonly ratings: number
  readonly similar: readonly number[]
}

export interface ProductTeaser {
  readonly id: number
  readonly name: string
  readonly price_cents: number
}

/** The products, read through three cache layers and then the database. */
export class Catalogue {
  readonly #db: Database
  readonly #local: LocalCache
  readonly #shared: SharedCache
  readonly #pages: Materialised
  readonly #listings: Materialised

  constructor(db: Database, local: LocalCache, shared: SharedCache, faults: Faults) {
    this.#db = db
    this.#local = local
    this.#shared = shared
    this.#pages = new Materialised(db, faults, 'product_pages', ['product_id'])
    this.#listings = new Materialised(db, faults, 'listing_pages', ['category', 'page'])
  }

  async page(id: number): Promise<ProductPage | undefined> {
    const key = `product:${id}`
    const local = this.#local.read<ProductPage>(key)
    if (local !== undefined) return local

    const shared = await this.#shared.read<ProductPage>(key)
    const page = shared ?? this.#pages.read<ProductPage>(id) ?? this.#compose(id)
    if (page === undefined) return undefined
    this.#local.keep(key, page)
    if (shared === undefined) await this.#shared.keep(key, page)
    return page
  }

  /** Straight from the third layer: a listing changes with the stock of twenty products. */
  listing(category: string, page: number): readonly ProductTeaser[] {
    const known = this.#listings.read<readonly ProductTeaser[]>(category, page)
    if (known !== undefined) return known
    const products = this.#db.rows<ProductTeaser>('products_of_category', category, page * 20)
    if (products.length > 0) this.#listings.keep(products, category, page)
    return products
  }

  search(words: string): readonly ProductTeaser[] {
    return this.#db.rows<ProductTeaser>('product_search', words)
  }

  /** After a sale the page is rewritten in every layer; sold out, it leaves them, and its listing. */
  async sold(ids: Iterable<number>): Promise<void> {
    await Promise.all(Array.from(ids, (id) => this.#refresh(id)))
  }

  /** Cold caches make the first minutes slow, so the shop fills them before it opens. */
  async warm(): Promise<void> {
    // The most popular come last, so they are the last that L1 would let go.
    const pages = this.#db.rows<{ product_id: number; body: string }>('warm_pages')
    this.#local.warm(pages.map(({ product_id, body }) => [`product:${product_id}`, JSON.parse(body)]))
    await this.#shared.warm(pages.map(({ product_id, body }) => [`product:${product_id}`, body]))
  }

  async #refresh(id: number): Promise<void> {
    const key = `product:${id}`
    // From the database and not from a cache, so that of two sales at once the later one's stock remains.
    const page = this.#compose(id)
    if (page === undefined) return
    if (page.stock > 0) {
      this.#local.keep(key, page)
      return this.#shared.keep(key, page)
    }
    this.#local.forget(key)
    this.#pages.forget(id)
    for (let n = 0; n < WARM_LISTINGS; n++) this.#listings.forget(page.category, n)
    return this.#shared.forget(key)
  }

  #compose(id: number): ProductPage | undefined {
    const row = this.#db.row<{ body: string }>('product_page', id)
    if (row === undefined) return undefined
    const page = JSON.parse(row.body) as ProductPage
    this.#pages.keep(page, id)
    return page
  }
}
