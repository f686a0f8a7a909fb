import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { Reading } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { cacheAnswer } from '../../../src/recorders/external/http-cache.ts'
import { recorders } from '../../../src/recorders/table.ts'

const answers: readonly (readonly [string, Readonly<Record<string, string>>, string | undefined])[] = [
  ['nothing', {}, undefined],
  ['RFC 9211: a hit', { 'cache-status': 'OriginCache; fwd=miss, "CDN Company"; hit; ttl=376' }, 'hit'],
  ['RFC 9211: forwarded', { 'cache-status': 'ExampleCache; fwd=uri-miss; stored' }, 'miss'],
  ['RFC 9211: stale', { 'cache-status': 'ExampleCache; hit; ttl=-30' }, 'stale'],
  ['RFC 9211 comes before a word', { 'cache-status': 'A; fwd=stale', 'x-cache': 'HIT' }, 'miss'],
  ['the nearest of several', { 'x-cache': 'MISS, HIT' }, 'hit'],
  ['CloudFront', { 'x-cache': 'RefreshHit from cloudfront' }, 'hit'],
  ['CloudFront, miss', { 'x-cache': 'Miss from cloudfront' }, 'miss'],
  ['Cloudflare', { 'cf-cache-status': 'UPDATING' }, 'stale'],
  ['Cloudflare, not from a cache', { 'cf-cache-status': 'DYNAMIC' }, 'miss'],
  ['Vercel', { 'x-vercel-cache': 'STALE' }, 'stale'],
  ['a word that we do not know', { 'x-cache': 'CONFIG_NOCACHE' }, undefined],
  ['RFC 9111: an age', { age: '0' }, 'hit'],
]

for (const [name, headers, expected] of answers) {
  test(`what a cache says of its answer: ${name}`, () => {
    assert.equal(
      cacheAnswer((header) => headers[header]),
      expected,
    )
  })
}

test('a host that is declared to be a cache: its requests are calls of that layer', async () => {
  const server = createServer((request, response) => {
    response.setHeader('X-Cache', request.url!.slice(1)).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const reading = new Reading()
  const attached = recorders().map((recorder) => recorder.attach(reading.ledger))
  try {
    reading.ledger.layers.declare({ 'host 127.0.0.1': 'cache_l3' })
    for (const path of ['HIT', 'MISS', 'STALE', 'nothing']) {
      await (await fetch(`http://127.0.0.1:${port}/${path}`)).text()
      await new Promise((done) =>
        get({ port, path: `/${path}`, host: '127.0.0.1' }, (answer) => answer.resume().on('close', done)),
      )
    }
    await (await fetch(`http://127.0.0.1:${port}/a`, { method: 'DELETE' })).text()
    for (const method of ['OPTIONS', 'constructor', '__proto__']) {
      await (await fetch(`http://127.0.0.1:${port}/a`, { method })).text()
    }
    await until('all is recorded', () => (reading.outcomes()['cache_l3 del'] ?? '') !== '')
    const counted = Object.fromEntries(
      [...reading.counts()].flatMap(([key, { total, hits, misses }]) =>
        key.startsWith('request') || total === 0 ? [] : [[key, [total, hits, misses]]],
      ),
    )
    assert.deepEqual(counted, {
      'cache_l3 get': [8, 4, 2],
      'cache_l3 (stale)': [2, 0, 0],
      'cache_l3 del': [1, 0, 0],
      'external OPTIONS 127.0.0.1': [1, 0, 0],
      'external constructor 127.0.0.1': [1, 0, 0],
      'external __proto__ 127.0.0.1': [1, 0, 0],
    })
    assert.deepEqual(reading.errors, [])
  } finally {
    for (const detach of attached) detach()
    server.closeAllConnections()
    server.close()
  }
})
