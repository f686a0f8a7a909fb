import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ParsedMail, simpleParser } from 'mailparser'
import type { Page } from 'playwright-core'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { NOON_MS, NOTICES } from '../../contracts/notifier/notices.ts'
import { SteppedClock } from '../../contracts/stepped-clock.ts'
import { Delivery, DeliveryError } from '../../src/engine/delivery.ts'
import type { EmailOptions } from '../../src/notifiers/email/options.ts'
import { openEmail } from '../../src/notifiers/email.ts'
import { launch, noChromium } from './chromium.ts'

const MEASUREMENTS = readFileSync(new URL('mail-measurements.js', import.meta.url), 'utf8')

interface Measurements {
  readonly wide: number
  readonly title: string
  readonly scripts: number
  /** The lowest of any text against what is behind it, and of which text. */
  readonly contrast: { readonly worst: number; readonly of: string }
  readonly badge: string
  /** Where the first figure ends, in px from the top. */
  readonly fold: number
}

/** A real SMTP server, with what it was given. */
async function server(
  t: TestContext,
  options: SMTPServerOptions = {},
): Promise<{
  readonly mails: ParsedMail[]
  readonly deliver: (names: readonly string[], more?: Partial<EmailOptions>) => Promise<Delivery>
}> {
  const mails: ParsedMail[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, callback) => {
      simpleParser(stream).then((mail) => {
        mails.push(mail)
        callback()
      }, callback)
    },
    ...options,
  })
  smtp.on('error', () => {})
  const listening = smtp.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  t.after(() => new Promise<void>((resolve) => smtp.close(() => resolve())))
  const { port } = listening.address() as AddressInfo
  return {
    mails,
    deliver: async (names, more = {}) => {
      const clock = new SteppedClock(NOON_MS)
      const given = {
        host: '127.0.0.1',
        port,
        from: 'Yardstick <ys@shop.test>',
        to: ['a@shop.test', 'b@shop.test'],
      }
      const notifier = await openEmail({ ...given, ...more }, { name: 'mail', clock })
      const delivery = new Delivery({ clock, notifiers: [notifier] })
      for (const name of names) delivery.push('mail', NOTICES[name]!)
      delivery.drain()
      await delivery.settled()
      return delivery
    },
  }
}

test('a real SMTP server gets one mail a notice, threaded by group, in text and HTML', async (t) => {
  const { mails, deliver } = await server(t)
  const delivery = await deliver(['fired', 'escalated', 'resolved', 'unicode'])
  assert.equal(delivery.state[0]!.lastError, undefined)
  assert.deepEqual(
    mails.map(({ subject }) => subject),
    [
      '[CRITICAL] shop: database: p95 62.4 ms, limit 25 ms, 2.49 × its limit',
      '[CRITICAL] shop: database: p95 62.4 ms, limit 25 ms, 2.49 × its limit: now CRITICAL',
      '[RESOLVED] shop: database: resolved after 1.6 min; p95 20.5 ms, limit 25 ms, 0.82 × its limit',
      '[CRITICAL] lädeli 🐢: données – naïve 🐢: p95 62.4 ms, limit 25 ms, 2.49 × its limit',
    ],
  )
  const [fired, escalated, resolved, another] = mails
  assert.equal(new Set(mails.map(({ messageId }) => messageId)).size, 4)
  for (const mail of [escalated!, resolved!]) {
    assert.deepEqual([mail.inReplyTo, mail.references], [fired!.inReplyTo, fired!.references])
  }
  assert.notEqual(another!.references, fired!.references, 'another service is another thread')
  assert.equal(fired!.headers.get('priority'), 'high')
  assert.match(fired!.text!, /^CRITICAL · shop: database: p95 62\.4 ms, limit 25 ms, 2\.49 × its limit\n/)
  assert.match(fired!.text!, /75 % of all that is bad: 5 310 of 6 000, p95 81\.2 ms/)
  assert.match(another!.html as string, /données – naïve 🐢/)
})

test('a log-in that is wrong is final, and says nothing of the password; a right one gets through', async (t) => {
  const { mails, deliver } = await server(t, {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, callback) => {
      if (username === 'ys' && password === 'open sesame') return callback(null, { user: username })
      return callback(new Error(`no ${username} with ${password}`))
    },
  })
  await deliver(['fired'], { user: 'ys', password: 'open sesame' })
  assert.equal(mails.length, 1)
  const delivery = await deliver(['fired'], { user: 'ys', password: 'swordfish 99' })
  const [letter] = delivery.deadLetters
  assert.match(letter!.why, /^127\.0\.0\.1: .*535/)
  assert.doesNotMatch(JSON.stringify(delivery.state) + letter!.why, /swordfish/)
})

test('a password does not leave this machine in clear', async (t) => {
  const { mails, deliver } = await server(t, { hideSTARTTLS: true })
  // Any name that is not one of loopback's, though it leads there.
  const host = '127.1'
  const delivery = await deliver(['fired'], { host, user: 'ys', password: 'open sesame' })
  assert.equal(mails.length, 0)
  assert.match(delivery.state[0]!.lastError!.message, /^127\.1: .*(STARTTLS|TLS)/)
})

test('the server refuses what it is given: its code decides', async (t) => {
  for (const [responseCode, retryable] of [
    [450, true],
    [552, false],
  ] as const) {
    const { deliver } = await server(t, {
      onRcptTo: (_address, _session, callback) =>
        callback(Object.assign(new Error('not now'), { responseCode })),
    })
    const delivery = await deliver(['fired'])
    assert.equal(delivery.deadLetters.length, retryable ? 0 : 1)
    assert.ok(delivery.state[0]!.lastError!.message.includes(String(responseCode)))
  }
  assert.ok(DeliveryError.prototype instanceof Error)
})

test('the mail is readable on a telephone and a screen, by day and by night', {
  skip: noChromium,
}, async (t) => {
  const { mails, deliver } = await server(t)
  const names = ['fired', 'failing', 'burn', 'beside', 'several', 'hostile', 'long']
  await deliver(names)
  const directory = await mkdtemp(join(tmpdir(), 'yardstick-mail-'))
  const browser = await launch()
  try {
    for (const [i, name] of names.entries()) {
      for (const width of [340, 760]) {
        for (const colorScheme of ['light', 'dark'] as const) {
          const page = await browser.newPage({ viewport: { width, height: 700 }, colorScheme })
          const requested: string[] = []
          page.on('request', ({ url }) => requested.push(url()))
          await page.setContent(mails[i]!.html as string)
          const path = join(directory, `${name}-${width}-${colorScheme}.png`)
          await page.screenshot({ path, fullPage: true })
          assert.ok((await stat(path)).size > 5_000)
          await looksRight(page, { name, width, colorScheme })
          assert.deepEqual(requested, [], 'a mail loads nothing')
          await page.close()
        }
      }
    }
  } finally {
    await browser.close()
    await rm(directory, { recursive: true })
  }
})

async function looksRight(
  page: Page,
  {
    name,
    width,
    colorScheme,
  }: { readonly name: string; readonly width: number; readonly colorScheme: string },
): Promise<void> {
  const at = `${name} at ${width} px, ${colorScheme}`
  const { wide, title, scripts, contrast, badge, fold } = await page.evaluate<Measurements>(MEASUREMENTS)
  assert.ok(wide <= width, `${at} is ${wide} px wide`)
  assert.notEqual(title, 'owned')
  assert.equal(scripts, 0)
  assert.ok(contrast.worst >= 4.5, `${at}: contrast ${contrast.worst} of “${contrast.of}”`)
  assert.ok(badge.length > 0)
  // What is wrong and by how much has to be seen without scrolling.
  if (name === 'fired') assert.ok(fold < 700, `${at}: the figure ends at ${fold} px`)
}
