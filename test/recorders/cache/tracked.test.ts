import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { said } from '../../../contracts/recorder/reading.ts'
import { imported } from '../libraries.ts'

interface Modules {
  readonly Keyv: new () => { get(key: string): Promise<unknown> }
  readonly LRUCache: new (options: { readonly max: number }) => { get(key: string): unknown }
}

test('what the application tracks as a cache itself, of whichever layer, counts once', () =>
  measured(
    {},
    async ({ ledger }) => {
      const { Keyv } = await imported<Pick<Modules, 'Keyv'>>('keyv')
      const { LRUCache } = await imported<Pick<Modules, 'LRUCache'>>('lru-cache')
      const [keyv, lru] = [new Keyv(), new LRUCache({ max: 10 })]
      const tracked = ledger.operation('cache_l3', 'get')
      return createServer(async (_request, response) => {
        await tracked.track(async () => [await keyv.get('a'), lru.get('a')])
        response.end()
      })
    },
    async ({ ask, reading, quiet }) => {
      await ask('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      await quiet()
      assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(1), 'cache_l3 get': said(1) })
    },
  ))
