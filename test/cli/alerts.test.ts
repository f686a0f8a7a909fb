import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { changing } from '../../src/alerts/commands.ts'
import { openPort } from '../../src/api/port.ts'
import { api } from '../../src/api/routes.ts'
import { alertingShop } from '../api/fixture.ts'
import { ending } from './ending.ts'
import { MAIN } from './fixture/main.ts'

/** The shop with a slow database behind a real port, and the command line that asks it. */
async function shop(t: TestContext) {
  const made = await alertingShop()
  const port = await openPort({
    ...{ host: '127.0.0.1', port: 0, fetch: api(made.source).fetch, access: {} },
    ...{ service: 'shop', storeId: 'store-1', onError: (error) => assert.fail(String(error)) },
  })
  assert.ok(port.state === 'listening')
  t.after(() => port.close())
  const { url } = port
  const yardstick = (...words: readonly string[]) => ending([MAIN, ...words, '--url', url])
  const idOf = (target: string) =>
    made.alerting.watch.book.firing.find((alert) => alert.target === target)!.id
  return { ...made, yardstick, idOf }
}

test('alerts lists what fires, and shows one with its timeline', async (t) => {
  const { yardstick, idOf } = await shop(t)
  const { code, stdout } = await yardstick('alerts', 'list')
  assert.equal(code, 0)
  assert.match(
    stdout,
    /^CRITICAL {2}database · p95 60 ms, limit 25 ms, 2\.4 × · 20 s · acknowledged by ann$/m,
  )
  assert.match(stdout, new RegExp(`^ {10}${idOf('database')}$`, 'm'))
  assert.match(stdout, /^WARNING {3}request · .* · silenced by ben$/m)
  const shown = await yardstick('alerts', 'show', idOf('database'))
  assert.match(shown.stdout, /2026-01-10T11:59:45Z {2}mail given up after 1 attempt: the server refused/)
  const json = JSON.parse((await yardstick('alerts', 'list', '--severity', 'WARNING', '--json')).stdout)
  assert.deepEqual(
    json.alerts.map(({ target }: { readonly target: string }) => target),
    ['request'],
  )
})

test('alerts says how long nothing new fires, and after what', async (t) => {
  const { yardstick, alerting, clock } = await shop(t)
  const text = 'Nothing new fires for'
  assert.ok(!(await yardstick('alerts')).stdout.includes(text))
  alerting.watch.book.apply(changing({ atMs: clock.wallMs() - 30_000, name: 'v2' }))
  const { stdout } = await yardstick('alerts')
  assert.match(
    stdout,
    new RegExp(`^(WARNING|CRITICAL) .*\n${text} 1\\.5 min: grace after the change "v2"\n$`, 's'),
  )
  const none = await yardstick('alerts', 'list', '--component', 'cache_l1')
  assert.match(none.stdout, new RegExp(`^no alert fires\n${text} 1\\.5 min: `))
})

test('alerts acknowledges, resolves, and tells what went wrong', async (t) => {
  const { yardstick, idOf, alerting } = await shop(t)
  const id = idOf('request')
  const acknowledged = await yardstick('alerts', 'ack', id, '--by', 'cat', '--comment', 'mine')
  assert.deepEqual([acknowledged.code, alerting.watch.book.firing.length], [0, 2])
  assert.match(acknowledged.stdout, /acknowledged by cat: mine\n$/)
  assert.match(
    (await yardstick('alerts', 'resolve', id, '--by', 'cat')).stdout,
    /request resolved \(ratio\) by cat\n$/,
  )
  assert.equal(alerting.watch.book.firing.length, 1)
  const again = await yardstick('alerts', 'resolve', id)
  assert.equal(again.code, 2)
  assert.match(
    again.stderr,
    /^yardstick: Expected an alert that fires; this one is resolved\. \(http:\S+ answered 409\) \[YS_API_ANSWER\]/,
  )
  assert.match((await yardstick('alerts', 'list', '--status', 'resolved')).stdout, /resolved after 20 s/)
})

test('alerts tries a notifier, and what was given up on', async (t) => {
  const { yardstick, told } = await shop(t)
  assert.equal((await yardstick('alerts', 'test', 'team')).stdout, 'team delivered a test notice\n')
  assert.match(told.at(-1)!, /a test/)
  const failed = await yardstick('alerts', 'test', 'mail')
  assert.deepEqual([failed.code, /the server refused the address/.test(failed.stderr)], [2, true])
  assert.match((await yardstick('alerts', 'retry')).stdout, /notices? (is|are) on (its|their) way again\n$/)
})

test('a part that there is not is told which there are', async () => {
  const { code, stderr } = await ending([MAIN, 'alerts', 'silence'])
  assert.equal(code, 2)
  assert.equal(
    stderr,
    "yardstick: unknown part 'silence' of alerts, there are list, show, ack, resolve, retry, test\nTry: yardstick alerts --help\n",
  )
})

test('why says which conditions hold, with numbers', async (t) => {
  const { yardstick } = await shop(t)
  const { code, stdout } = await yardstick('why', 'authorization')
  assert.equal(code, 0)
  assert.match(stdout, /^authorization, policy ratio: quiet\n/)
  assert.match(stdout, /^ {2}no {3}1\.06 × its limit, WARNING from 1\.5, CRITICAL from 2$/m)
  const spaced = await yardstick('why', 'request', 'GET', '/nothing')
  assert.match(spaced.stderr, /Expected target to be one of/, 'an id of several words needs no quotes')
  const unknown = await yardstick('why', 'nothing')
  assert.equal(unknown.code, 2)
  assert.match(
    unknown.stderr,
    /^yardstick: Expected target to be one of authentication, .*, got "nothing"\. \(http:\/\/127\.0\.0\.1:\d+ answered 400\)/,
  )
  const misspelt = await yardstick('why', 'databse')
  assert.match(misspelt.stderr, /, got "databse"\. Did you mean "database"\? \(http/)
})
