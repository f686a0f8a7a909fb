import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AccessRules, decide, type RequestFacts } from '../../src/api/access.ts'

const DIRECT: RequestFacts = {
  method: 'GET',
  path: '/api/v1/performance/metrics',
  remoteAddress: '127.0.0.1',
  httpVersion: '1.1',
  headers: { host: 'localhost:9797' },
}

function outcome(facts: Partial<RequestFacts>, rules: AccessRules = {}): string {
  const access = decide({ ...DIRECT, ...facts }, rules)
  return access.allowed ? 'allowed' : access.problem.type.replace('urn:yardstick:problem:', '')
}

const headers = (more: RequestFacts['headers']): Partial<RequestFacts> => ({
  headers: { ...DIRECT.headers, ...more },
})

test('a direct client on this machine is answered', () => {
  for (const remoteAddress of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
    assert.equal(outcome({ remoteAddress }), 'allowed', remoteAddress)
  }
})

test('any other client is not, nor one whose address is unknown', () => {
  for (const remoteAddress of [
    '10.0.0.7',
    '172.17.0.1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '1127.0.0.1',
    '127.0.0.256',
    '',
    undefined,
  ]) {
    assert.equal(outcome({ remoteAddress }), 'not-loopback', String(remoteAddress))
  }
})

test('a forwarded request is not a direct one, whatever it says of its origin', () => {
  for (const name of [
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded',
    'forwarded',
    'via',
    'x-real-ip',
    'true-client-ip',
    'cf-connecting-ip',
    'x-original-url',
    'x-envoy-external-address',
  ]) {
    assert.equal(outcome(headers({ [name]: '127.0.0.1' })), 'forwarded', name)
  }
  assert.equal(outcome({ httpVersion: '1.0' }), 'forwarded')
})

test('the Host header names this machine or the configured host', () => {
  for (const host of ['localhost', 'LOCALHOST:9797', '127.0.0.1:9797', '127.1.2.3', '[::1]:9797', '[::1]']) {
    assert.equal(outcome(headers({ host })), 'allowed', host)
  }
  for (const host of [
    'evil.example:9797',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '0.0.0.0:9797',
    '[::1].evil.example',
    '[::]',
    '127.999.999.999',
    '127.0.0.256:9797',
    '127.0.0.08',
    'localhost:65536',
    'localhost:9797@evil.example',
    '',
    undefined,
  ]) {
    assert.equal(outcome(headers({ host })), 'host-not-allowed', String(host))
  }
  assert.equal(outcome(headers({ host: 'Perf.local:9797' }), { hosts: ['perf.local'] }), 'allowed')
})

test('a page of another site is refused, a link that is followed is not', () => {
  const fetched = (site: string, mode: string, dest: string) =>
    headers({ 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest })
  assert.equal(outcome(fetched('same-origin', 'cors', 'empty')), 'allowed')
  assert.equal(outcome(fetched('none', 'navigate', 'document')), 'allowed')
  assert.equal(outcome(fetched('cross-site', 'navigate', 'document')), 'allowed')
  for (const site of ['cross-site', 'same-site']) {
    assert.equal(outcome(fetched(site, 'no-cors', 'script')), 'cross-site')
    assert.equal(outcome(fetched(site, 'cors', 'empty')), 'cross-site')
    assert.equal(outcome(fetched(site, 'navigate', 'iframe')), 'cross-site')
    assert.equal(outcome({ ...fetched(site, 'navigate', 'document'), method: 'POST' }), 'cross-site')
  }
})

test('where the browser does not say the site, the origin has to be ours', () => {
  assert.equal(outcome(headers({ origin: 'http://localhost:9797' })), 'allowed')
  for (const origin of ['http://localhost:3000', 'https://evil.example', 'null', 'http://127.0.0.1:9797']) {
    assert.equal(outcome(headers({ origin })), 'cross-site', origin)
  }
})

test('with a token everybody has to show it, and whoever does is answered', () => {
  const rules = { token: 'correct horse' }
  const from = (authorization?: string): Partial<RequestFacts> => ({
    remoteAddress: '203.0.113.9',
    headers: {
      host: 'perf.example',
      'x-forwarded-for': '198.51.100.1',
      ...(authorization && { authorization }),
    },
  })
  assert.equal(outcome(from('Bearer correct horse'), rules), 'allowed')
  assert.equal(outcome(from('bearer  correct horse'), rules), 'allowed')
  assert.equal(outcome(from(), rules), 'token-required')
  assert.equal(outcome({}, rules), 'token-required')
  assert.equal(outcome(from('Basic correct horse'), rules), 'token-required')
  assert.equal(outcome(from('Bearer wrong'), rules), 'token-invalid')
  assert.equal(outcome(from('Bearer correct horse battery'), rules), 'token-invalid')
  assert.equal(outcome(from('Bearer'), rules), 'token-required')
})

test('a Host that no URL can have is refused, to whoever shows the token too', () => {
  const withToken = headers({ host: '127.999.999.999', authorization: 'Bearer secret' })
  assert.equal(outcome(withToken, { token: 'secret' }), 'malformed-request')
  assert.equal(outcome(headers({ host: '127.300.1.1' }), { hosts: ['127.300.1.1'] }), 'malformed-request')
})

test('whoever may read may write, unless a page of another origin asks, even one that has the token', () => {
  for (const method of ['POST', 'DELETE']) {
    assert.equal(outcome({ method }), 'allowed')
    assert.equal(outcome({ method, ...headers({ origin: 'http://localhost:9797' }) }), 'allowed')
    assert.equal(outcome({ method, remoteAddress: '10.0.0.7' }), 'not-loopback')
    for (const more of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ]) {
      assert.equal(outcome({ method, ...headers(more) }), 'cross-site', JSON.stringify(more))
      const shown = headers({ ...more, authorization: 'Bearer secret' })
      assert.equal(outcome({ method, ...shown }, { token: 'secret' }), 'cross-site', JSON.stringify(more))
    }
    const shown = headers({ authorization: 'Bearer secret' })
    assert.equal(outcome({ method, remoteAddress: '203.0.113.9', ...shown }, { token: 'secret' }), 'allowed')
    assert.equal(outcome({ method }, { token: 'secret' }), 'token-required')
  }
})

test('an empty token is no token: it opens nothing', () => {
  const facts = { remoteAddress: '10.0.0.7', ...headers({ authorization: 'Bearer ' }) }
  assert.equal(outcome(facts, { token: '' }), 'not-loopback')
})

test('no header whatever lets a stranger in without the token', () => {
  const names = fc.constantFrom(
    'host',
    'authorization',
    'origin',
    'sec-fetch-site',
    'x-forwarded-for',
    'forwarded',
  )
  const values = fc.oneof(
    fc.constantFrom('127.0.0.1', 'localhost', 'none', 'Bearer ', 'for=127.0.0.1'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.dictionary(names, values), fc.constantFrom(undefined, 'secret'), (given, token) => {
      fc.pre(given.authorization?.trim().toLowerCase() !== 'bearer secret')
      const facts = { ...DIRECT, remoteAddress: '198.51.100.7', headers: given }
      assert.equal(decide(facts, token === undefined ? {} : { token }).allowed, false)
    }),
  )
})

test('a refusal says how to open it, where it happened, and never what the token is', () => {
  const refused = decide({ ...DIRECT, remoteAddress: '10.0.0.7' }, {})
  assert.ok(!refused.allowed)
  assert.match(refused.problem.detail, /YARDSTICK_TOKEN.*Authorization: Bearer/)
  assert.deepEqual([refused.problem.status, refused.problem.instance], [403, DIRECT.path])
  const challenged = decide({ ...DIRECT, ...headers({ authorization: 'Bearer x' }) }, { token: 'hunter2' })
  assert.ok(!challenged.allowed)
  assert.equal(challenged.problem.status, 401)
  assert.match(challenged.headers['www-authenticate']!, /^Bearer realm="yardstick"/)
  assert.ok(!JSON.stringify(challenged).includes('hunter2'))
})
