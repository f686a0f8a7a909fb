import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SEED_PASSWORD } from '../../../examples/shop/seed.ts'
import { openShop, type ShopOptions } from '../../../examples/shop/shop.ts'

// The shop records as ever, but a test leaves no port open and no file behind.
process.env.YARDSTICK_PORT = 'off'
process.env.YARDSTICK_STORE = 'memory'

export interface RunningShop {
  readonly url: string
  readonly server: Server
  get(path: string, token?: string): Promise<Reply>
  post(path: string, body: unknown, token?: string): Promise<Reply>
  tokenOf(userId: number): Promise<string>
  close(): Promise<void>
}

export interface Reply {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into bodies of many shapes
  readonly body: any
}

/** The whole shop on a free port, small unless told otherwise. */
export async function runningShop(options: Omit<ShopOptions, 'directory'> = {}): Promise<RunningShop> {
  const directory = mkdtempSync(join(tmpdir(), 'shop-test-'))
  const shop = await openShop({ size: { products: 600, users: 200, orders: 900 }, ...options, directory })
  const server = createServer(shop.app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const call = async (path: string, init: RequestInit, token?: string): Promise<Reply> => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const reply = await fetch(url + path, { ...init, headers: { ...init.headers, ...authorization } })
    return { status: reply.status, body: await reply.json() }
  }
  const post = (path: string, body: unknown, token?: string): Promise<Reply> =>
    call(
      path,
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
      token,
    )
  return {
    url,
    server,
    post,
    get: (path, token) => call(path, {}, token),
    tokenOf: async (userId) =>
      (await post('/login', { email: `user${userId}@shop.example`, password: SEED_PASSWORD })).body.token,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
      await shop.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
