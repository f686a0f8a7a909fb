import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { httpReceiver } from '../../../contracts/notifier/http-receiver.ts'
import { load } from '../../../examples/shop/load.ts'
import { ShopProcess } from '../../../examples/shop/shop-process.ts'
import { AlertmanagerProcess, noAlertmanager } from '../../notifiers/alertmanager-process.ts'

const CLI = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const CONFIG = fileURLToPath(new URL('./impatient.config.ts', import.meta.url))
/** Few enough that the shop, which waits for its database, keeps up with them while it is slow. */
const VISITORS_A_SECOND = 20
/** Of one visitor more, who only searches: then the median that is judged soon shows what searching takes. */
const SEARCHES_A_SECOND = 10
const PATIENCE_MS = 150_000

interface Compliance {
  readonly target_compliance: Readonly<Record<string, { readonly status: string }>>
}

interface Alerts {
  readonly alerts: readonly { readonly target: string; readonly severity: string }[]
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS
  while (!(await isSo())) {
    if (performance.now() > untilMs) throw new Error(`waited ${PATIENCE_MS} ms in vain until ${what}`)
    await pause(500)
  }
}

test('a slow database is a CRITICAL in terminal, API, Slack and Alertmanager, and over in all of them when it is mended', {
  skip: noAlertmanager,
}, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'shop-test-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const [slack, hook] = [
    await httpReceiver({ status: 200, body: 'ok' }),
    await httpReceiver({ status: 200, body: '' }),
  ]
  t.after(() => Promise.all([slack.close(), hook.close()]))
  const manager = await AlertmanagerProcess.start(`http://127.0.0.1:${hook.port}/`)
  t.after(() => manager[Symbol.asyncDispose]())
  const shop = new ShopProcess({
    ...{ cli: CLI, directory, redisUrl: undefined, faults: '', config: CONFIG },
    environment: {
      YARDSTICK_SLACK_URL: `http://127.0.0.1:${slack.port}/services/T0/B0/x`,
      YARDSTICK_ALERTMANAGER_URL: manager.url,
    },
  })
  t.after(() => shop.end())
  const url = await shop.said(/shop: listens on (\S+)/)
  const own = await shop.said(/yardstick: .*(http:\/\/127\.0\.0\.1:\d+)/)
  const turn = async (on: boolean): Promise<void> => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ on })
    await fetch(`${url}/faults/slow-query`, { method: 'POST', headers, body })
  }
  const stop = new AbortController()
  const visitors = load({ url, ratePerS: VISITORS_A_SECOND, seconds: 600, signal: stop.signal })
  const search = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await (await fetch(`${url}/search?q=oak+table`)).arrayBuffer()
      await pause(1_000 / SEARCHES_A_SECOND)
    }
  }
  // It ends with the shop at the latest.
  const searches = search().catch(() => {})
  t.after(async () => {
    stop.abort()
    await Promise.all([visitors, searches])
  })

  const terminal = async (): Promise<string> =>
    (await promisify(execFile)(process.execPath, [CLI, 'top', '--once', '--url', own])).stdout
  const api = async (): Promise<Alerts['alerts']> =>
    ((await (await fetch(`${own}/api/v1/performance/alerts`)).json()) as Alerts).alerts
  const said = (): string => slack.received.map(({ body }) => body).join('\n')
  const managed = async (): Promise<readonly string[]> =>
    (await manager.alerts()).map(({ labels }) => `${labels.target} ${labels.severity}`)

  const state = async (): Promise<string | undefined> => {
    const answer = await fetch(`${own}/api/v1/performance/prd-compliance`)
    return ((await answer.json()) as Compliance).target_compliance.search?.status
  }

  await until('search is judged', async () => (await state()) !== 'unknown')
  assert.deepEqual([await state(), await api()], ['met', []], 'nothing fires in a shop that is well')
  await turn(true)
  await until('it is told', async () => slack.received.length > 0 && (await managed()).length > 0)
  assert.deepEqual(
    (await api()).filter(({ target }) => target === 'search').map(({ severity }) => severity),
    ['CRITICAL'],
  )
  assert.match(await terminal(), /^CRITICAL +search/m)
  assert.match(said(), /CRITICAL · shop: search: p50/)
  assert.ok((await managed()).includes('search critical'))

  await turn(false)
  await until('it is over', async () => (await api()).length === 0 && (await managed()).length === 0)
  assert.match(await terminal(), /no alerts/)
  const told = slack.received.map(({ body }) => body).filter((body) => body.includes('search'))
  assert.match(told.at(-1)!, /resolved/i)
  await until('Alertmanager has told the end', async () =>
    hook.received.some(({ body }) => body.includes('"status":"resolved"') && body.includes('"search"')),
  )
})
