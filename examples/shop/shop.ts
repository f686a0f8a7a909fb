import { existsSync } from 'node:fs'
import { join } from 'node:path'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { Accounts } from './accounts.ts'
import { Carrier } from './carrier.ts'
import { Catalogue } from './catalogue.ts'
import { Database } from './database.ts'
import { type FaultName, Faults } from './faults.ts'
import { redisServer, standInServer } from './key-value-server.ts'
import { LocalCache } from './local-cache.ts'
import { Orders } from './orders.ts'
import { Report } from './report.ts'
import { admin } from './routes/admin.ts'
import { faultSwitches, flakyWhenTold } from './routes/fault-switches.ts'
import { orders } from './routes/orders.ts'
import { products, search } from './routes/products.ts'
import { login, ordersOfUser, users } from './routes/users.ts'
import { SHOP_SIZE, type ShopSize, seed } from './seed.ts'
import { SharedCache } from './shared-cache.ts'

/** The name of its file. */
export const DATABASE = 'shop.db'

export interface ShopOptions {
  /** An existing directory; the database is made there, unless it is there already. */
  readonly directory: string
  /** Default: a stand-in in this process. */
  readonly redisUrl?: string | undefined
  readonly faults?: readonly FaultName[]
  readonly size?: ShopSize
}

export interface Shop {
  readonly app: Express
  /** For people: what the second cache layer really is. */
  readonly sharedCache: string
  close(): Promise<void>
}

/**
 * Builds the whole shop, filled and warm, but not yet listening.
 *
 * @throws Error when `redisUrl` is given and nothing answers there.
 */
export async function openShop(options: ShopOptions): Promise<Shop> {
  const server = options.redisUrl === undefined ? standInServer() : await redisServer(options.redisUrl)
  const faults = new Faults()
  const file = join(options.directory, DATABASE)
  const filled = existsSync(file)
  const db = new Database(file, faults)
  if (!filled) seed(db.raw, options.size ?? SHOP_SIZE)

  const local = new LocalCache(faults)
  const accounts = new Accounts(db, local)
  const catalogue = new Catalogue(db, local, new SharedCache(server, faults), faults)
  const book = new Orders(db, catalogue, new Carrier(faults), faults)
  await catalogue.warm()
  for (const name of options.faults ?? []) faults.turn(name, true)

  const flaky = flakyWhenTold(faults)
  const app = express()
  app.disable('x-powered-by')
  app.use(express.json({ limit: '16kb' }))
  app.use('/login', login(accounts))
  app.use('/products', products(catalogue, flaky))
  app.use('/search', search(catalogue))
  app.use('/users/:id/orders', ordersOfUser(accounts, book))
  app.use('/users', users(accounts))
  app.use('/orders', orders(accounts, book, flaky))
  app.use('/admin', admin(accounts, new Report(db, faults)))
  app.use('/faults', faultSwitches(faults))
  app.get('/health', (_request, response) => {
    response.json({ status: 'ok', shared_cache: server.description })
  })
  app.use((_request, response) => {
    response.status(404).json({ error: 'there is nothing here' })
  })
  app.use(answerError)

  return {
    app,
    sharedCache: server.description,
    close: async () => {
      await server.close()
      db.close()
    },
  }
}

const answerError: ErrorRequestHandler = (
  error: { status?: number; message?: string },
  _request,
  response,
  _next,
) => {
  const status = error.status ?? 500
  response.status(status).json({ error: status < 500 ? error.message : 'something went wrong here' })
}
