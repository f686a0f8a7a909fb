import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { loadSettings } from '../../src/config/load.ts'
import type { Settings } from '../../src/config/settings.ts'
import { alertmanager, defineConfig, email, pagerduty, slack, webhook } from '../../src/config-entry.ts'
import { systemClock } from '../../src/ground/clock.ts'
import { openNotifiers } from '../../src/notifiers/open.ts'
import { directory } from './directory.ts'

async function notifiers(
  t: TestContext,
  options: unknown,
  {
    environment = {},
    files = {},
  }: {
    readonly environment?: Readonly<Record<string, string>>
    readonly files?: Readonly<Record<string, string>>
  } = {},
): Promise<Settings['notifiers']> {
  const place = directory(t, files)
  const settings = await loadSettings({ directory: place, environment, options })
  assert.ok(Object.isFrozen(settings.notifiers))
  return settings.notifiers
}

const url = 'https://hooks.example/services/T0/B1/secret'

test('what the factories give, and the same written flat, is what opens them', async (t) => {
  const config = defineConfig({
    notifiers: {
      oncall: slack({ url }),
      bot: slack({ token: 'xoxb-123456', channel: 'C012AB3CD' }),
      ops: email({ host: 'smtp.example', from: 'ys@shop.example', to: 'oncall@shop.example' }),
      hook: webhook({ url, secret: 'sixteen characters', headers: { 'x-key': '1' } }),
      pager: pagerduty({ routingKey: 'k'.repeat(32) }),
      am: alertmanager({ url: 'http://am.internal:9093' }),
      flat: { kind: 'slack', url },
    },
  })
  const settings = await notifiers(t, config)
  assert.deepEqual(settings.flat, settings.oncall)
  assert.deepEqual(settings.ops, {
    kind: 'email',
    options: { host: 'smtp.example', from: 'ys@shop.example', to: ['oncall@shop.example'] },
  })
  const opened = await openNotifiers(settings, { clock: systemClock })
  assert.deepEqual(
    opened.map(({ name }) => name),
    ['oncall', 'bot', 'ops', 'hook', 'pager', 'am', 'flat'],
  )
})

test('nobody is told anything by default', async (t) => {
  assert.deepEqual(await notifiers(t, {}), {})
})

test('a secret comes from the environment, for the notifier that is called like its kind', async (t) => {
  const files = {
    'yardstick.config.json': JSON.stringify({
      notifiers: {
        email: { kind: 'email', host: 'smtp.example', user: 'u', from: 'a@b.example', to: ['c@d.example'] },
        slack: { kind: 'slack', channel: 'C1' },
        other: { kind: 'slack', url },
      },
    }),
  }
  const environment = {
    YARDSTICK_EMAIL_PASSWORD: 'correct horse',
    YARDSTICK_SLACK_TOKEN: 'xoxb-from-environment',
    YARDSTICK_WEBHOOK_URL: 'https://hook.example/',
    YARDSTICK_WEBHOOK_SECRET: 'sixteen characters',
    YARDSTICK_PAGERDUTY_ROUTING_KEY: 'k'.repeat(32),
    YARDSTICK_ALERTMANAGER_URL: 'http://am.internal:9093',
  }
  const settings = await notifiers(t, {}, { files, environment })
  assert.deepEqual(settings, {
    email: {
      kind: 'email',
      options: {
        host: 'smtp.example',
        user: 'u',
        from: 'a@b.example',
        to: ['c@d.example'],
        password: 'correct horse',
      },
    },
    slack: { kind: 'slack', options: { channel: 'C1', token: 'xoxb-from-environment' } },
    other: { kind: 'slack', options: { url } },
    webhook: { kind: 'webhook', options: { url: 'https://hook.example/', secret: 'sixteen characters' } },
    pagerduty: { kind: 'pagerduty', options: { routingKey: 'k'.repeat(32) } },
    alertmanager: { kind: 'alertmanager', options: { url: 'http://am.internal:9093' } },
  })
})

test('a variable alone sets a notifier up', async (t) => {
  const environment = { YARDSTICK_SLACK_URL: url }
  assert.deepEqual(await notifiers(t, {}, { environment }), { slack: { kind: 'slack', options: { url } } })
})

test('code wins over environment over file, option by option; another kind is another notifier', async (t) => {
  const files = {
    'yardstick.config.json': JSON.stringify({
      notifiers: {
        webhook: { kind: 'webhook', url: 'https://file.example/', headers: { a: '1' } },
        ops: { kind: 'webhook', url },
      },
    }),
  }
  const environment = { YARDSTICK_WEBHOOK_URL: 'https://environment.example/' }
  const code = { notifiers: { webhook: { secret: 'sixteen characters' }, ops: slack({ url }) } }
  assert.deepEqual(await notifiers(t, code, { files, environment }), {
    webhook: {
      kind: 'webhook',
      options: { url: 'https://environment.example/', headers: { a: '1' }, secret: 'sixteen characters' },
    },
    ops: { kind: 'slack', options: { url } },
  })
})

test('a variable that is not enough is told, with neither its value nor another', async (t) => {
  await assert.rejects(
    () => notifiers(t, {}, { environment: { YARDSTICK_EMAIL_PASSWORD: 'hush hush hush' } }),
    (error: Error) => {
      assert.match(
        error.message,
        /In the environment:\n {2}notifiers\.email: expected host, from, to, got password/,
      )
      assert.doesNotMatch(error.message, /hush/)
      return true
    },
  )
  await assert.rejects(
    () => notifiers(t, {}, { environment: { YARDSTICK_SLACK_URL: 'hooks.example/hush' } }),
    (error: Error) => {
      assert.match(error.message, /YARDSTICK_SLACK_URL: expected an address .*, got something else/)
      assert.doesNotMatch(error.message, /hush/)
      return true
    },
  )
})
