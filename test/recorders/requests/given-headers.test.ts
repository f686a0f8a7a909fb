import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { isTable } from '../../../src/recorders/requests/given-headers.ts'

const own = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders => Object.assign(Object.create(null), headers)

test('headers that were set singly come in a table of this Node’s, those given to writeHead as they were given', async () => {
  const found: boolean[] = []
  class Told extends ServerResponse {
    _storeHeader(firstLine: string, headers: unknown): unknown {
      found.push(isTable(headers, this))
      return Reflect.get(ServerResponse.prototype, '_storeHeader').call(this, firstLine, headers)
    }
  }
  const answers: ((response: ServerResponse) => void)[] = [
    (response) => response.setHeader('X-Own', '1'),
    (response) => response.setHeader('X-Own', '1').writeHead(200, own({ 'X-Other': '2' })),
    (response) => response.writeHead(200, own({ 'X-Own': '1' })),
    (response) => response.writeHead(200),
    () => {},
  ]
  const server = createServer({ ServerResponse: Told as unknown as typeof ServerResponse }, (_, response) => {
    answers[found.length]!(response)
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  for (const _ of answers)
    await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text()
  server.close()
  assert.deepEqual(found, [true, true, false, false, false])
})
