import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLoopback, isLoopbackName, signOfProxy } from '../../src/ground/loopback.ts'

test('addresses of this machine, and others', () => {
  for (const address of ['::1', '127.0.0.1', '127.255.0.9', '::ffff:127.0.0.1', '::FFFF:127.0.0.1']) {
    assert.equal(isLoopback(address), true, address)
  }
  for (const address of ['127.0.0.256', '127.0.0', '127.00.0.1', '10.0.0.1', '::', '', undefined]) {
    assert.equal(isLoopback(address), false, String(address))
  }
})

test('every loopback name can stand in a URL', () => {
  for (const name of ['localhost', 'LocalHost', '[::1]', '127.0.0.1', '127.255.255.255']) {
    assert.equal(isLoopbackName(name), true, name)
    assert.ok(URL.canParse(`http://${name}/`))
  }
  for (const name of ['127.999.999.999', '127.0.0.08', '::1', 'localhost.example']) {
    assert.equal(isLoopbackName(name), false, name)
  }
})

test('what a proxy adds is told by name; other headers are not one', () => {
  for (const name of ['via', 'forwarded', 'x-forwarded', 'x-forwardedfor', 'x-real-ip', 'true-client-ip']) {
    const sign = signOfProxy({ httpVersion: '1.1', headers: { host: 'a', [name]: '' } })
    assert.equal(sign, `The request has the header ${name}`)
  }
  for (const [name, value] of [
    ['VIA', ''],
    ['X-Forwarded-For', 'host'],
    ['True-Client-IP', 'a'],
  ] as const) {
    const sign = signOfProxy({ httpVersion: '1.1', headers: {}, rawHeaders: ['Host', 'via', name, value] })
    assert.equal(sign, `The request has the header ${name.toLowerCase()}`)
  }
  for (const rawHeaders of [['Host', 'a'], [], null, undefined]) {
    assert.ok(
      signOfProxy({ httpVersion: '1.1', headers: { via: '' }, rawHeaders }),
      'added by the application, or to a request that it made itself',
    )
  }
  const headers = { host: 'a', 'x-request-id': '1', from: 'b', vary: 'c' }
  assert.equal(signOfProxy({ httpVersion: '1.1', headers }), undefined)
  assert.equal(signOfProxy({ httpVersion: '1.0', headers }), 'The request is HTTP/1.0')
})
