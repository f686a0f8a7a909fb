import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { httpReceiver } from '../../contracts/notifier/http-receiver.ts'
import { alertOf, evidenceOf, HOSTILE, NOON_MS, noticeOf } from '../../contracts/notifier/notices.ts'
import { holdsHostileText, notifierContract } from '../../contracts/notifier.ts'
import { SteppedClock } from '../../contracts/stepped-clock.ts'
import { webhookBody } from '../../src/notifiers/webhook/body.ts'
import { signatureOf } from '../../src/notifiers/webhook/signature.ts'
import { openWebhook } from '../../src/notifiers/webhook.ts'
import { verifyWebhook } from '../../src/webhook.ts'

const secret = 'a secret of the webhook'

notifierContract({
  name: 'webhook',
  receiver: { kind: 'http', status: 200, body: 'thanks' },
  open: ({ port, clock, secrets }) => {
    const login = `${encodeURIComponent(secrets.user)}:${encodeURIComponent(secrets.password)}`
    const url = `http://${login}@127.0.0.1:${port}/hooks/${secrets.path}?token=${secrets.token}`
    const options = { url, secret: secrets.token, headers: { 'x-key': secrets.header } }
    return openWebhook(options, { name: 'hook', clock })
  },
  messages: () => 1,
  inert: ({ body }) => {
    const { version, summary, text, alerts } = JSON.parse(body) as {
      readonly version: number
      readonly summary: string
      readonly text: string
      readonly alerts: readonly object[]
    }
    assert.equal(version, 1)
    assert.ok(alerts.length > 0)
    // Fields are data, as they were; the text for people is lines of ours.
    if (summary === HOSTILE) holdsHostileText(text)
    assert.doesNotMatch(text, /^(Bcc|evil)/m)
  },
  identity: ({ body, headers }) => {
    const { id } = JSON.parse(body) as { readonly id: string }
    assert.equal(headers['yardstick-notice'], id)
    return id
  },
})

test('what is sent verifies, until it is changed, old, or meant for somebody else', async () => {
  const receiver = await httpReceiver({ status: 204, body: '' })
  const clock = new SteppedClock(NOON_MS)
  const url = `http://127.0.0.1:${receiver.port}/`
  const notifier = await openWebhook({ url, secret }, { name: 'hook', clock })
  await notifier.deliver(noticeOf(), new AbortController().signal)
  await receiver.close()
  const { headers, body } = receiver.received[0]! as {
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
  const given = { secret, headers, body, nowMs: NOON_MS }
  assert.deepEqual(verifyWebhook(given), { valid: true })
  assert.deepEqual(verifyWebhook({ ...given, headers: new Headers(headers) }), { valid: true })
  assert.deepEqual(verifyWebhook({ ...given, body: Buffer.from(body) }), { valid: true })
  assert.deepEqual(verifyWebhook({ ...given, nowMs: NOON_MS + 300_000 }), { valid: true })
  for (const [changed, reason] of [
    [{ body: `${body} ` }, 'wrong signature'],
    [{ secret: 'another secret' }, 'wrong signature'],
    [{ secret: '' }, 'no secret to verify with'],
    [{ nowMs: NOON_MS + 300_001 }, 'too old, or from the future'],
    [{ nowMs: NOON_MS - 300_001 }, 'too old, or from the future'],
    [{ headers: {} }, 'no yardstick-timestamp header'],
    [{ headers: { ...headers, 'yardstick-timestamp': `${NOON_MS / 1000 + 1}` } }, 'wrong signature'],
    [{ headers: { ...headers, 'yardstick-timestamp': '1e9' } }, 'no yardstick-timestamp header'],
    [{ headers: { ...headers, 'yardstick-signature': 'v2=00' } }, 'no yardstick-signature header'],
    [{ headers: { ...headers, 'yardstick-signature': 'v1=00' } }, 'wrong signature'],
  ] as const) {
    assert.deepEqual(verifyWebhook({ ...given, ...changed }), { valid: false, reason })
  }
})

test('a header that is given takes the place of the usual one, however it is spelt', async () => {
  const receiver = await httpReceiver({ status: 204, body: '' })
  const url = `http://ann:word@127.0.0.1:${receiver.port}/`
  const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer x', 'USER-AGENT': 'shop' }
  const notifier = await openWebhook({ url, headers }, { name: 'hook', clock: new SteppedClock(NOON_MS) })
  await notifier.deliver(noticeOf(), new AbortController().signal)
  await receiver.close()
  const { headers: sent } = receiver.received[0]! as { readonly headers: Readonly<Record<string, string>> }
  assert.deepEqual(
    [sent['content-type'], sent.authorization, sent['user-agent']],
    ['application/json', 'Bearer x', 'shop'],
  )
})

test('a signature holds for its own time, body and secret only', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(), fc.nat(), (body, other, at, later) => {
      fc.pre(body !== other && at !== later)
      const timestamp = String(at)
      const one = signatureOf({ secret, timestamp, body })
      assert.notEqual(one, signatureOf({ secret, timestamp, body: other }))
      assert.notEqual(one, signatureOf({ secret, timestamp: String(later), body }))
      assert.notEqual(one, signatureOf({ secret: 'other', timestamp, body }))
    }),
  )
})

test('without a secret nothing is signed; an address of another kind is refused without being repeated', async () => {
  const receiver = await httpReceiver({ status: 200, body: '' })
  const clock = new SteppedClock(NOON_MS)
  const notifier = await openWebhook({ url: `http://127.0.0.1:${receiver.port}/` }, { name: 'hook', clock })
  await notifier.deliver(noticeOf(), new AbortController().signal)
  await receiver.close()
  assert.equal(receiver.received[0]!.headers['yardstick-signature'], undefined)
  for (const url of ['file:///etc/passwd', 'hush hush', 'ftp://hush.example/hush']) {
    await assert.rejects(
      () => openWebhook({ url }, { name: 'hook', clock }),
      (error: Error) => /"hook": expected an address/.test(error.message) && !error.message.includes('hush'),
    )
  }
})

test('figures have the decimals of the API, cut where rounding would claim more than there was', () => {
  const evidence = evidenceOf({
    indicator: { kind: 'latency', percentile: 0.95, limitMs: 25, valueMs: 184.93306392304066 },
    ratio: 1.4999999,
    n: 81,
    bad: 51,
    compliance: 37.03703703703704,
    burn: { long: 7.5000001, short: 14.5945945, factor: 6, capped: false },
    contributors: [{ series: 'orders', bad: 51, n: 81, share: 2 / 3, p95Ms: 184.93306392304066 }],
  })
  const { alerts } = JSON.parse(webhookBody(noticeOf({ alerts: [alertOf({ evidence })] })))
  const { value_ms, ratio, compliance_percentage, burn, contributors } = alerts[0].evidence
  assert.deepEqual(
    { value_ms, ratio, compliance_percentage, burn, contributors },
    {
      value_ms: 184.933,
      ratio: 1.499,
      compliance_percentage: 37.03,
      burn: {
        ...{ long: 7.5, short: 14.594, factor: 6, capped: false },
        ...{ long_window_ms: null, short_window_ms: null },
      },
      contributors: [{ series: 'orders', bad: 51, operations: 81, share: 0.666666, p95_ms: 184.933 }],
    },
  )
})
