import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { apiClient } from '../../src/cli/api-client.ts'
import { printable } from '../../src/cli/printable.ts'
import { YardstickError } from '../../src/ground/errors.ts'

test('a content type with orders for the terminal is told without them', async (t) => {
  const head =
    'HTTP/1.1 200 OK\r\ncontent-type: text/\x9b2Jhtml\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'
  const server = createServer((socket) => socket.end(head, 'latin1'))
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const ask = apiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await assert.rejects(ask('metrics'), (error) => {
    assert.ok(error instanceof YardstickError)
    assert.equal(error.code, 'YS_API_ANSWER')
    assert.match(error.message, /got text\/\ufffd2Jhtml\./)
    return true
  })
})

test('an address with orders for the terminal is told without them', () => {
  assert.throws(() => apiClient('ftp://\x1b[2J'), { message: /got "ftp:\/\/\ufffd\[2J"/ })
})

test('what can be printed stays as it is', () => {
  assert.equal(printable('GET /größe “≥ 25 ms” 😀'), 'GET /größe “≥ 25 ms” 😀')
  assert.equal(printable('a\nb\u2028c\u200dd'), 'a\ufffdb\ufffdc\ufffdd')
})
