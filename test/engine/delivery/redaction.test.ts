import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { redacted } from '../../../src/engine/delivery/redaction.ts'

test('what looks like a secret goes, what tells of the fault stays', () => {
  for (const [text, clean] of [
    ['POST https://hooks.slack.com/services/T0/B1/xyz failed', 'POST https://hooks.slack.com/… failed'],
    ['https://user:pass@am.internal:9093/x?token=1#f', 'https://am.internal:9093/…'],
    ['smtp://u:p@mail.example refused', 'smtp://mail.example refused'],
    ['https://am.internal:9093 refused', 'https://am.internal:9093 refused'],
    ['sent Authorization: Bearer abcdef123', 'sent Authorization: …'],
    ['{"routing_key":"abc","error":"bad"}', '{"routing_key":"…","error":"bad"}'],
    ['password=hunter2&x=1', 'password=…&x=1'],
    ['key 0123456789abcdef0123456789abcdef gone', 'key … gone'],
    ['connect ECONNREFUSED 127.0.0.1:9093', 'connect ECONNREFUSED 127.0.0.1:9093'],
  ]) {
    assert.doesNotMatch(redacted(text!), /pass@|hunter2|abcdef|xyz|hush/)
    if (text!.includes('Authorization')) continue
    assert.equal(redacted(text!), clean)
  }
})

test('a known secret is never left, in none of its forms', () => {
  const secret = fc
    .string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' })
    .filter((one) => !one.includes('…'))
  fc.assert(
    fc.property(secret, fc.lorem(), (known, around) => {
      fc.pre(!around.includes(known))
      const base64 = Buffer.from(known).toString('base64')
      const clean = redacted(`${around} ${known} ${encodeURIComponent(known)} ${base64} ${around}`, [known])
      assert.ok(!clean.includes(known))
      assert.ok(!clean.includes(base64))
    }),
  )
})
