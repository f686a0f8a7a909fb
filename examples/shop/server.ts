import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseFaults } from './faults.ts'
import { DATABASE, openShop } from './shop.ts'

const FILL = fileURLToPath(new URL('./fill.ts', import.meta.url))

// SHOP_PORT (default 3000; 0 takes a free one), SHOP_REDIS_URL, SHOP_FAULTS=slow-query,n-plus-one
const directory = mkdtempSync(join(tmpdir(), 'yardstick-shop-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))

// Without our NODE_OPTIONS it is not measured.
execFileSync(process.execPath, [FILL, join(directory, DATABASE)], {
  env: { ...process.env, NODE_OPTIONS: '' },
  stdio: ['ignore', 'ignore', 'inherit'],
})
const shop = await openShop({
  directory,
  redisUrl: process.env.SHOP_REDIS_URL,
  faults: parseFaults(process.env.SHOP_FAULTS),
})
const server = createServer(shop.app)
// Longer than clients keep a connection, or now and then one would be closed under a request just sent.
server.keepAliveTimeout = 65_000

server.listen(Number(process.env.SHOP_PORT ?? 3000), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(`shop: second cache layer is ${shop.sharedCache}`)
  console.log(`shop: listens on http://127.0.0.1:${port}`)
})

function stop(): void {
  server.close(() => void shop.close())
  // Keep-alive connections of clients that went quiet would hold the server open.
  server.closeIdleConnections()
  setTimeout(() => server.closeAllConnections(), 2_000).unref()
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
