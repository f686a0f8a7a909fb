import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { describeLoad, load } from '../../../examples/shop/load.ts'
import { schedule } from '../../../examples/shop/schedule.ts'
import { SHOP_SIZE } from '../../../examples/shop/seed.ts'
import { runningShop } from './running-shop.ts'

test('what the generator counts is what the shop answered', async () => {
  const shop = await runningShop({ size: SHOP_SIZE })
  try {
    const answered = new Map<number, number>()
    const agents = new Set<string | undefined>()
    shop.server.on('request', (request, response) => {
      agents.add(request.headers['user-agent'])
      response.on('finish', () =>
        answered.set(response.statusCode, (answered.get(response.statusCode) ?? 0) + 1),
      )
    })
    const options = { url: shop.url, ratePerS: 150, seconds: 2, seed: 3 }
    const counts = await load(options)
    assert.equal(counts.arrived, [...schedule(options)].length)
    assert.deepEqual(new Map([...counts.statuses].sort()), new Map([...answered].sort()))
    assert.deepEqual([counts.unsent, counts.errors.size], [0, 0])
    assert.equal(counts.latencyNs.count, counts.arrived)
    assert.ok([200, 404].every((status) => counts.statuses.has(status)))
    assert.equal(counts.statuses.has(500), false)
    assert.ok(agents.size > 20)
    assert.match(describeLoad(counts), /200: \d+.*no answer none/)
  } finally {
    await shop.close()
  }
})

test('visitors do not wait for each other: nobody is answered until all have come', async () => {
  const options = { ratePerS: 200, seconds: 0.5, seed: 9 }
  const expected = [...schedule(options)].length
  const waiting: ServerResponse[] = []
  const server = createServer((request, response) => {
    request.resume()
    waiting.push(response)
    if (waiting.length === expected) for (const one of waiting) one.end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const counts = await load({ ...options, url })
  assert.equal(counts.statuses.get(200), expected)
  server.close()
  server.closeAllConnections()
})

test('a load that is ended gives up what is under way, and says so', async () => {
  const stop = new AbortController()
  const server = createServer(() => stop.abort()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const counts = await load({ url, ratePerS: 100, seconds: 60, signal: stop.signal })
  assert.equal(counts.statuses.size, 0)
  assert.equal(counts.errors.get('ECONNRESET'), counts.arrived)
  server.close()
})

test('the load stays on this machine and within bounds', async () => {
  const good = { url: 'http://127.0.0.1:1', ratePerS: 1, seconds: 1 }
  await assert.rejects(
    load({ ...good, url: 'http://shop.example' }),
    /this machine only.*not to shop\.example/,
  )
  await assert.rejects(load({ ...good, ratePerS: 5_000 }), /at most 1000 a second, not 5000/)
  await assert.rejects(load({ ...good, ratePerS: Number.NaN }), RangeError)
  await assert.rejects(load({ ...good, seconds: 1e9 }), /at most 86400 seconds/)
})
