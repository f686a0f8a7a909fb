import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { openPort } from '../../src/api/port.ts'
import { api } from '../../src/api/routes.ts'
import { alertingShop } from '../api/fixture.ts'
import { ending } from './ending.ts'
import { MAIN } from './fixture/main.ts'

/** The shop, whose alert on requests is silenced, behind a real port, and the command line that asks it. */
async function shop(t: TestContext) {
  const { source, alerting } = await alertingShop()
  const port = await openPort({
    ...{ host: '127.0.0.1', port: 0, fetch: api(source).fetch, access: {} },
    ...{ service: 'shop', storeId: 'store-1', onError: (error) => assert.fail(String(error)) },
  })
  assert.ok(port.state === 'listening')
  t.after(() => port.close())
  const { url } = port
  const silences = (...words: readonly string[]) => ending([MAIN, 'silences', ...words, '--url', url])
  return { silences, alerts: () => ending([MAIN, 'alerts', '--url', url]), book: alerting.watch.book, url }
}

test('silences are listed, added and ended', async (t) => {
  const { silences, alerts } = await shop(t)
  const { code, stdout } = await silences()
  assert.equal(code, 0)
  assert.match(
    stdout,
    /^active {3}request · until 2026-01-10T\d\d:\d\d:\d\dZ · by ben.*\n {9}[0-9a-f]{20}\n$/,
  )
  const disks = ['--component', 'database', '--severity', 'CRITICAL', 'WARNING', '--for', '2h']
  const added = await silences('add', ...disks, '--by', 'ann', '--comment', 'new disks')
  const [, id] =
    /^active {3}component database, CRITICAL or WARNING · until [^ ]+ · by ann: new disks\n {9}(\w+)\n$/.exec(
      added.stdout,
    ) ?? assert.fail(added.stdout + added.stderr)
  assert.match((await alerts()).stdout, /^CRITICAL {2}database · .* · silenced by ann$/m)
  assert.equal((await silences('list')).stdout.split('\n').length, 5)
  const ended = await silences('end', id!, '--by', 'ben')
  assert.match(
    ended.stdout,
    /^ended {4}component database, .* · at 2026-01-10T[\d:]+Z by ben · was until [^ ]+ · by ann: new disks\n/,
  )
  assert.doesNotMatch((await alerts()).stdout, /silenced by ann/)
  const json = JSON.parse((await silences('list', '--json')).stdout)
  assert.equal(json.total, 1)
  const again = await silences('end', id!)
  assert.deepEqual([again.code, again.stdout], [2, ''])
  assert.match(
    again.stderr,
    /^yardstick: No silence of this id is left; silences lists those that are\. \(http:\S+ answered 404\)/,
  )
})

test('a silence of everything has to be asked for, and may be one to come', async (t) => {
  const { silences, book } = await shop(t)
  const times = ['--from', '2026-01-11T00:00:00Z', '--until', '2026-01-11T01:00:00+00:00']
  const { stdout } = await silences('add', '--all', ...times, '--by', 'ann')
  assert.match(
    stdout,
    /^to come {2}all alerts · from 2026-01-11T00:00:00Z · until 2026-01-11T01:00:00Z · by ann\n/,
  )
  assert.equal(book.silences(Date.UTC(2026, 0, 11)).length, 1)
})

test('all that is wrong with a silence is said at once, by the options', async (t) => {
  const { silences, book } = await shop(t)
  const before = book.silences(0).length
  const told = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await silences('add', ...words)
    assert.deepEqual([code, stdout], [2, ''])
    return stderr
  }
  assert.equal(
    await told(),
    'yardstick: The silence was refused.\n' +
      '  --target, --component, --severity, --policy, --alert: Expected one of them or more, or else --all; got none.\n' +
      '  --for, --until: Expected one of them, got neither. [YS_API_ANSWER]\n',
  )
  const targets =
    'There are "authentication", "authorization", "database", "cache_l1", "cache_l2", "cache_l3", "request", ' +
    '"request GET /admin/**".'
  const wrong = ['--target', 'databsae', '--severity', 'BAD', '--for', 'soon', '--by', '', '--from', 'now']
  assert.equal(
    await told(...wrong),
    'yardstick: The silence was refused.\n' +
      '  --by: Expected at least 1 letter, got "".\n' +
      '  --severity: Expected one of WARNING, CRITICAL, got "BAD".\n' +
      '  --from: Expected a time such as 2026-01-10T12:00:00Z, got "now".\n' +
      '  --for: Expected a duration such as 30min or 2h, got "soon".\n' +
      `  --target: Expected something that fits a target, got "databsae". ${targets} Did you mean "database"? [YS_API_ANSWER]\n`,
  )
  const lines = async (...words: readonly string[]) =>
    (await told(...words, '--for', '1h')).split('\n').slice(1)
  assert.deepEqual(await lines('--target', 'databsae', '--severity', 'WARNING', '--policy', 'x'), [
    `  --target: Expected something that fits a target, got "databsae". ${targets} Did you mean "database"?`,
    '  --policy: Expected only ratio, got "x". [YS_API_ANSWER]',
    '',
  ])
  assert.deepEqual(await lines('--target', 'database', '--component', 'request', '--severity', 'WARNING'), [
    `  --target, --component: Expected something that fits a target, got "database, request". ${targets} [YS_API_ANSWER]`,
    '',
  ])
  const open = book.firing.map(({ id }) => `"${id}"`).join(', ')
  assert.deepEqual(await lines('--severity', 'LOUD', '--alert', 'zz'), [
    '  --severity: Expected one of WARNING, CRITICAL, got "LOUD".',
    `  --alert: Expected the ids of alerts that are open, got "zz". There are ${open}. [YS_API_ANSWER]`,
    '',
  ])
  const past = ['--all', '--from', '2020-01-01T00:00:00Z']
  assert.equal(
    await told(...past, '--for', '1h'),
    'yardstick: The silence was refused.\n' +
      '  --from: Expected a start after which 1h is not over; got 2020-01-01T00:00:00Z, so it ended at ' +
      '2020-01-01T01:00:00.000Z. [YS_API_ANSWER]\n',
  )
  assert.match(
    await told(...past, '--until', '2020-01-01T01:00:00Z'),
    /^ {2}--until: Expected a time that is to come/m,
  )
  const both = await told('--all', '--for', '1h', '--until', '2027-01-11T00:00:00Z')
  assert.match(both, /--for, --until: Expected one of them, got both\./)
  assert.match(await told('--all', '--target', 'database', '--for', '1h'), /got --all and --target\./)
  assert.equal(book.silences(0).length, before)
})

test('a part that there is not is told which there are; nothing there is told as by the others', async () => {
  const part = await ending([MAIN, 'silences', 'remove'])
  assert.equal(
    part.stderr,
    "yardstick: unknown part 'remove' of silences, there are list, add, end\nTry: yardstick silences --help\n",
  )
  const nobody = await ending([MAIN, 'silences', '--url', 'http://127.0.0.1:1'])
  assert.deepEqual([nobody.code, /No Yardstick at http:\/\/127\.0\.0\.1:1/.test(nobody.stderr)], [2, true])
})
