import assert from 'node:assert/strict'
import { simpleParser } from 'mailparser'
import { holdsHostileText, notifierContract } from '../../contracts/notifier.ts'
import { openEmail } from '../../src/notifiers/email.ts'

notifierContract({
  name: 'email',
  receiver: { kind: 'smtp' },
  open: ({ port, clock, secrets }) => {
    const { user, password } = secrets
    const options = {
      host: '127.0.0.1',
      port,
      user,
      password,
      from: 'ys@shop.test',
      to: ['oncall@shop.test'],
    }
    return openEmail(options, { name: 'mail', clock })
  },
  messages: () => 1,
  inert: async ({ what, body }) => {
    assert.match(what, /^RCPT TO:<oncall@shop\.test>$/m)
    assert.equal(what.match(/^RCPT/gm)?.length, 1)
    const { subject, text, html, headers } = await simpleParser(body)
    assert.ok(!headers.has('bcc'))
    assert.equal(headers.get('auto-submitted'), 'auto-generated')
    assert.ok(typeof html === 'string')
    assert.doesNotMatch(html, /<script|javascript:|<img|<link|url\(/i)
    if (subject!.includes('<script>')) for (const one of [subject!, text!]) holdsHostileText(one)
  },
  identity: async ({ body }) => (await simpleParser(body)).messageId,
})
