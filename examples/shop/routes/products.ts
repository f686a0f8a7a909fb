import { type RequestHandler, Router } from 'express'
import type { Catalogue } from '../catalogue.ts'
import { CATEGORIES } from '../seed.ts'

/** `GET /products?category=&page=` and `GET /products/:id`. */
export function products(catalogue: Catalogue, flaky: RequestHandler): Router {
  const router = Router()

  router.get('/', (request, response) => {
    const category = String(request.query.category ?? CATEGORIES[0])
    const page = Number(request.query.page ?? 0)
    if (!CATEGORIES.includes(category) || !Number.isInteger(page) || page < 0) {
      response.status(400).json({ error: `category is one of ${CATEGORIES.join(', ')}; page is 0, 1, 2, …` })
      return
    }
    response.json({ category, page, products: catalogue.listing(category, page) })
  })

  router.get('/:id', flaky, async (request, response) => {
    const id = Number(request.params.id)
    const page = Number.isSafeInteger(id) ? await catalogue.page(id) : undefined
    if (page === undefined) response.status(404).json({ error: 'there is no such product' })
    else response.json(page)
  })

  return router
}

/** `GET /search?q=`. */
export function search(catalogue: Catalogue): Router {
  const router = Router()
  router.get('/', (request, response) => {
    const words = String(request.query.q ?? '').trim()
    if (words === '') response.status(400).json({ error: 'q is what to look for' })
    else response.json({ products: catalogue.search(words) })
  })
  return router
}
