import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { NOTICES } from '../../contracts/notifier/notices.ts'
import { SteppedClock } from '../../contracts/stepped-clock.ts'
import { loadSettings } from '../../src/config/load.ts'
import { describe } from '../../src/notifiers/description.ts'
import { plainText } from '../../src/notifiers/plain-text.ts'
import { openWebhook } from '../../src/notifiers/webhook.ts'
import { directory } from '../config/directory.ts'

const page = readFileSync('docs/notifiers.md', 'utf8')
const CONFIG = new URL('../../src/config-entry.ts', import.meta.url).href
const WEBHOOK = new URL('../../src/webhook.ts', import.meta.url).href
const SECRETS = {
  PAGERDUTY_KEY: 'R0123456789abcdef0123456789abcde',
  SLACK_URL: 'https://hooks.slack.com/services/T0/B0/x',
  SLACK_TOKEN: 'xoxb-0123456789',
  SMTP_PASSWORD: 'a password',
  YARDSTICK_WEBHOOK_SECRET: 'a secret of the webhook',
}

/** The code on the page of one kind; `''`: of none. */
function blocks(kind: string): readonly string[] {
  const all = [...page.matchAll(/^```(\w*)\n(.*?)^```\n/gms)]
  return all.filter(([, named]) => named === kind).map(([, , block]) => block!)
}

/** The kinds of the notifiers of a project with this configuration file, by name. */
async function kindsOf(t: TestContext, text: string): Promise<object> {
  const file = text.replace("'yardstick/config'", `'${CONFIG}'`)
  const place = directory(t, { 'yardstick.config.ts': file })
  const { notifiers } = await loadSettings({ directory: place, environment: {} })
  return Object.fromEntries(Object.entries(notifiers).map(([name, { kind }]) => [name, kind]))
}

test('every configuration on the page is one that is understood', async (t) => {
  const before = { ...process.env }
  Object.assign(process.env, SECRETS)
  t.after(() => {
    process.env = before
  })
  const [whole, ...others] = blocks('ts').filter((block) => !block.includes('verifyWebhook'))
  assert.deepEqual(await kindsOf(t, whole!), { oncall: 'pagerduty', channel: 'slack', ops: 'email' })
  assert.equal(others.length, 6)
  for (const each of others) {
    const [name] = each.split('(')
    const [import_] = whole!.split('\n')
    const text = `${import_}\nexport const config = defineConfig({ notifiers: { it: ${each.trim()} } })`
    assert.deepEqual(await kindsOf(t, text), { it: name })
  }
})

test('the notice on the page is the one that is sent', () => {
  assert.equal(blocks('')[0], plainText(describe(NOTICES.fired!)))
})

test('a receiver that verifies as the page says takes what is signed, and refuses what is not', async (t) => {
  const code = blocks('ts').find((block) => block.includes('verifyWebhook'))!
  const [import_, ...statements] = code.split('\n')
  const module = `${import_!.replace("'yardstick/webhook'", `'${WEBHOOK}'`)}
export function receive(secret: string, request: any, response: any, body: Uint8Array): void {
  ${statements.join('\n')}
  response.writeHead(200).end()
}`
  const place = directory(t, {})
  writeFileSync(`${place}/receiver.ts`, module)
  const { receive } = await import(`${place}/receiver.ts`)
  const secret = SECRETS.YARDSTICK_WEBHOOK_SECRET
  const answers: number[] = []
  const server = createServer(async (request, response) => {
    receive(secret, request, response, await buffer(request))
    answers.push(response.statusCode)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  for (const key of [secret, 'another secret of it']) {
    const hook = await openWebhook(
      { url, secret: key },
      { name: 'hook', clock: new SteppedClock(Date.now()) },
    )
    await hook.deliver(NOTICES.fired!, AbortSignal.timeout(5_000)).catch(() => {})
  }
  assert.deepEqual(answers, [200, 401])
})

const noAmtool = spawnSync('amtool', ['--version']).status === 0 ? false : 'amtool is not installed'

test('the routes of an Alertmanager on the page are valid there', { skip: noAmtool }, (t) => {
  const [routes] = blocks('yaml')
  const file = `${directory(t, {})}/alertmanager.yml`
  writeFileSync(file, `${routes}receivers:\n  - name: channel\n  - name: pager\n`)
  const { status, stdout, stderr } = spawnSync('amtool', ['check-config', file], { encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
  const args = ['config', 'routes', 'test', `--config.file=${file}`, 'alertname=PerformanceTargetMissed']
  const to = (severity: string) =>
    spawnSync('amtool', [...args, `severity=${severity}`], { encoding: 'utf8' }).stdout.trim()
  assert.deepEqual([to('warning'), to('critical')], ['channel', 'pager'])
})
