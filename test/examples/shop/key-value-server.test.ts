import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type KeyValueServer, redisServer, standInServer } from '../../../examples/shop/key-value-server.ts'
import { startRedis } from '../../../examples/shop/redis-process.ts'

async function holdsItsContract(server: KeyValueServer): Promise<void> {
  assert.equal(await server.read('a'), undefined)
  await server.write('a', '1')
  await server.writeAll([
    ['a', '2'],
    ['b', 'ü'],
  ])
  assert.deepEqual([await server.read('a'), await server.read('b')], ['2', 'ü'])
  await server.remove('a')
  assert.equal(await server.read('a'), undefined)
  await server.close()
}

test('the stand-in keeps, gives and forgets, and says what it is', async () => {
  const server = standInServer()
  assert.match(server.description, /stand-in/)
  await holdsItsContract(server)
})

test('Redis keeps, gives and forgets; once it is gone, commands fail and nothing hangs', async (t: TestContext) => {
  const directory = mkdtempSync(join(tmpdir(), 'shop-test-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const redis = await startRedis(directory)
  if (redis === undefined) return t.skip('there is no redis-server on this machine')
  await holdsItsContract(await redisServer(redis.url))

  const orphan = await redisServer(redis.url)
  await redis.stop()
  await assert.rejects(orphan.read('a'))
  await orphan.close()
})

test('a Redis that is not there is an error that says what to do', async () => {
  await assert.rejects(
    redisServer('redis://127.0.0.1:1'),
    /no Redis answers at redis:\/\/127\.0\.0\.1:1.*SHOP_REDIS_URL/,
  )
})
