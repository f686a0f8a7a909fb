import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { boundedServer } from '../../src/api/server.ts'

test('whoever is not understood is hung up on, even with the own half left open', {
  timeout: 20_000,
}, async (t) => {
  const server = boundedServer({
    fetch: () => new Response('fine'),
    access: {},
    identity: 'shop',
    onError: (error) => assert.fail(String(error)),
  })
  // Nothing else may be what closes it.
  server.timeout = 0
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  t.after(() => {
    client.destroy()
    server.close()
  })
  client.write('this is not HTTP\r\n\r\n')
  const [socket] = await accepted
  const closed = once(socket, 'close')
  assert.match(await text(client), /^HTTP\/1\.1 400 .*malformed-request/s)
  await closed
  assert.equal(client.writableEnded, false)
})
