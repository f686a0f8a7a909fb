import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpReceiver } from '../../contracts/notifier/http-receiver.ts'
import { NOON_MS, NOTICES, noticeOf } from '../../contracts/notifier/notices.ts'
import type { Received } from '../../contracts/notifier/receiver.ts'
import { holdsHostileText, notifierContract } from '../../contracts/notifier.ts'
import { SteppedClock } from '../../contracts/stepped-clock.ts'
import { DeliveryError } from '../../src/engine/delivery.ts'
import type { SlackMessage } from '../../src/notifiers/slack/message.ts'
import { openSlack } from '../../src/notifiers/slack.ts'

interface Posted extends SlackMessage {
  readonly channel?: string
  readonly thread_ts?: string
  readonly reply_broadcast?: boolean
}

function posted({ body }: Received): Posted {
  return JSON.parse(body) as Posted
}

/** Slack's own limits; nothing is read as mrkdwn but the escaped fallback. */
function wellFormed(received: Received): void {
  const { text, mrkdwn, blocks: head, attachments } = posted(received)
  assert.equal(mrkdwn, false)
  assert.doesNotMatch(text, /[<>]|&(?!amp;|lt;|gt;)/)
  const blocks = [...head, ...attachments[0].blocks]
  assert.ok(blocks.length <= 50)
  for (const block of blocks) {
    if (block.type === 'header') assert.ok(block.text.text.length <= 150)
    if (block.type === 'context') assert.ok(block.elements.length <= 10)
  }
  const shown = JSON.stringify(blocks)
  assert.doesNotMatch(shown, /"mrkdwn"/)
  assert.ok(shown.length < 13_000, `${shown.length} characters`)
  assert.doesNotMatch(shown, /javascript:/)
  if (shown.includes('<script>')) {
    const texts = [...shown.matchAll(/"text":("(?:[^"\\]|\\.)*")/g)].map(
      ([, one]) => JSON.parse(one!) as string,
    )
    holdsHostileText(texts.filter((one) => one !== '\n').join(' '))
  }
}

notifierContract({
  name: 'slack (webhook)',
  receiver: { kind: 'http', status: 200, body: 'ok' },
  open: ({ port, clock, secrets }) => {
    const url = `http://127.0.0.1:${port}/services/T0/${secrets.path}/${secrets.token}`
    return openSlack({ url }, { name: 'slack', clock })
  },
  messages: () => 1,
  inert: wellFormed,
  identity: ({ body }) => body,
})

notifierContract({
  name: 'slack (bot)',
  receiver: { kind: 'http', status: 200, body: '{"ok":true,"ts":"1700000000.000100"}' },
  open: ({ port, clock, secrets }) => {
    const bot = {
      token: secrets.token,
      channel: 'C012AB3CD',
      url: `http://127.0.0.1:${port}/${secrets.path}/`,
    }
    return openSlack(bot, { name: 'slack', clock })
  },
  messages: () => 1,
  inert: (received) => {
    assert.match(received.what, /\/chat\.postMessage$/)
    assert.equal(posted(received).channel, 'C012AB3CD')
    wellFormed(received)
  },
  // A bot's second message is a reply: what it says is what it is known by.
  identity: (received) => posted(received).attachments,
})

async function bot(
  use: (place: {
    readonly deliver: (notice: ReturnType<typeof noticeOf>) => Promise<void>
    readonly received: readonly Received[]
  }) => Promise<void>,
  answer = '{"ok":true,"ts":"17.1"}',
): Promise<void> {
  const receiver = await httpReceiver({ status: 200, body: answer })
  const options = { token: 'xoxb-hush-hush', channel: 'C1', url: `http://127.0.0.1:${receiver.port}` }
  const notifier = await openSlack(options, { name: 'slack', clock: new SteppedClock(NOON_MS) })
  try {
    const { signal } = new AbortController()
    await use({ deliver: (notice) => notifier.deliver(notice, signal), received: receiver.received })
  } finally {
    await receiver.close()
  }
}

test('what follows is threaded below the first message, until it is over', () =>
  bot(async ({ deliver, received }) => {
    const of = (name: string) => NOTICES[name]!
    for (const name of ['fired', 'escalated', 'repeated', 'resolved', 'success', 'fired'])
      await deliver(of(name))
    await deliver(noticeOf({ group: 'another' }))
    assert.deepEqual(
      received.map((one) => [posted(one).thread_ts, posted(one).reply_broadcast]),
      [
        [undefined, undefined],
        ['17.1', true],
        ['17.1', false],
        ['17.1', true],
        ['17.1', true],
        [undefined, undefined],
        [undefined, undefined],
      ],
    )
    assert.equal(received[0]!.headers.authorization, 'Bearer xoxb-hush-hush')
  }))

test('Slack says no with a yes: its error decides', async () => {
  for (const [answer, retryable] of [
    ['{"ok":false,"error":"invalid_auth"}', false],
    ['{"ok":false,"error":"channel_not_found"}', false],
    ['{"ok":false,"error":"ratelimited"}', true],
    ['{"ok":false,"error":"internal_error"}', true],
    ['<html>proxy</html>', true],
    ['null', true],
    ['{"ok":false,"error":"xoxb-hush-hush"}', false],
  ] as const) {
    await bot(async ({ deliver }) => {
      await assert.rejects(
        () => deliver(noticeOf()),
        (error) =>
          error instanceof DeliveryError && error.retryable === retryable && !error.message.includes('hush'),
      )
    }, answer)
  }
})

test('an address, or a token with a channel', async () => {
  const context = { name: 'slack', clock: new SteppedClock(NOON_MS) }
  for (const options of [
    {},
    { token: 'xoxb-1' },
    { channel: 'C1' },
    { url: 'http://127.0.0.1/', token: 'xoxb-1' },
  ]) {
    await assert.rejects(
      () => openSlack(options, context),
      /"slack": expected the url of an incoming webhook/,
    )
  }
})
