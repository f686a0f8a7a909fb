import { type RequestHandler, Router } from 'express'
import type { Accounts } from '../accounts.ts'
import type { OrderLine, Orders } from '../orders.ts'
import { may, sessionOf, signedIn } from './access.ts'

/** `POST /orders` with `{ lines: [{ product_id, quantity }] }`. */
export function orders(accounts: Accounts, book: Orders, flaky: RequestHandler): Router {
  const router = Router()
  router.post('/', signedIn(accounts), may(accounts, 'orders:write'), flaky, async (request, response) => {
    const lines = orderLines(request.body)
    if (lines === undefined) {
      response
        .status(400)
        .json({ error: 'lines is a list of 1 to 20 { product_id, quantity }, both whole numbers' })
      return
    }
    const placed = await book.place(sessionOf(response).userId, lines)
    if (placed.kind === 'placed') {
      response.status(201).json({ order_id: placed.orderId, total_cents: placed.totalCents })
    } else {
      response.status(409).json({ error: `product ${placed.productId} is unknown or sold out` })
    }
  })
  return router
}

function orderLines(body: unknown): readonly OrderLine[] | undefined {
  const lines = (body as { lines?: unknown } | undefined)?.lines
  if (!Array.isArray(lines) || lines.length < 1 || lines.length > 20) return undefined
  return lines.every(isLine) ? lines : undefined
}

function isLine(line: unknown): line is OrderLine {
  const { product_id: id, quantity } = (line ?? {}) as Partial<Record<keyof OrderLine, unknown>>
  return Number.isInteger(id) && Number.isInteger(quantity) && Number(quantity) > 0 && Number(quantity) <= 100
}
