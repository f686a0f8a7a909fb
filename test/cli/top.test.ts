import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { readCard } from '../../src/cli/card/reader.ts'
import { renderCard } from '../../src/cli/card.ts'
import { AT_MS, busy } from './answers.ts'
import { ending, start } from './ending.ts'
import { MAIN } from './fixture/main.ts'
import { folder } from './folder.ts'
import { type Respond, recorded, type Service, service } from './service.ts'
import { NO_TERMINAL, onTerminal } from './terminal.ts'

async function serve(t: TestContext, respond: Respond, port?: number): Promise<Service> {
  const made = await service(respond, port)
  t.after(() => made.close().catch(() => {}))
  return made
}

test('--once prints the card of the answers, plain, and ends with 0', async (t) => {
  const { url, asked } = await serve(t, recorded(busy))
  const words = [MAIN, 'top', '--once', '--url', url, '--window', '5min', '--token', 'secret']
  const { code, stdout, stderr } = await ending(words)
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(stdout, renderCard(readCard(busy), { width: 120, color: false, nowMs: AT_MS }))
  const urls = asked.map((request) => request.url).sort()
  assert.deepEqual(urls, [
    '/api/v1/performance/health?window=5min',
    '/api/v1/performance/metrics?window=5min',
    '/api/v1/performance/prd-compliance?window=5min',
    '/api/v1/performance/self',
  ])
  for (const { headers } of asked) assert.equal(headers.authorization, 'Bearer secret')
})

test('without a URL, and no service of this folder, the port is the one that the environment says', async (t) => {
  const { port, asked } = await serve(t, recorded(busy))
  const env = { YARDSTICK_PORT: String(port) }
  const { code } = await ending([MAIN, 'top', '--once'], { env, cwd: folder(t, {})('.') })
  assert.deepEqual([code, asked.length], [0, 4])
})

test('the URL may be a port of this machine alone', async (t) => {
  const { port, asked } = await serve(t, recorded(busy))
  const { code } = await ending([MAIN, 'top', '--once', '--url', String(port)])
  assert.deepEqual([code, asked.length], [0, 4])
})

test('the URL may name the mounted router, and a service without a self page still has a card', async (t) => {
  const { self: _, ...answers } = busy
  const { url } = await serve(t, recorded(answers))
  const { code, stdout } = await ending([MAIN, 'top', '--once', '--url', `${url}/api/v1/performance/`])
  assert.equal(code, 0)
  assert.match(stdout, /^yardstick · shop.*Grade C:/s)
  assert.doesNotMatch(stdout, /of a core/)
})

test('figures of two cycles are not mixed: both are asked for again', async (t) => {
  let asked = 0
  const answer = recorded(busy)
  const { url } = await serve(t, (request) => {
    const between = request.url?.includes('prd-compliance') === true && asked++ === 0
    return between ? { body: { cycle: 4710, overall_compliance_status: 'poor' } } : answer(request)
  })
  const { stdout } = await ending([MAIN, 'top', '--once', '--url', url])
  assert.match(stdout, /Compliance good/)
})

const HTML = { type: 'text/html', body: '<!doctype html>' }
const UNANSWERED: readonly (readonly [what: string, respond: Respond, expected: RegExp])[] = [
  [
    'a service that wants a token',
    () => ({ status: 401, type: 'application/problem+json', body: { detail: 'Send the configured token.' } }),
    /^yardstick: Send the configured token\. Give it with --token or YARDSTICK_TOKEN\. \(http:\S+ answered 401\) \[YS_API_ANSWER\]\n$/,
  ],
  [
    'a refusal with orders for the terminal',
    () => ({
      status: 403,
      type: 'application/problem+json',
      body: { detail: 'No\x1b]0;owned\x07\x9b2J\u202e.' },
    }),
    /No\ufffd\]0;owned\ufffd\ufffd2J\ufffd\. \(http:\S+ answered 403\) \[YS_API_ANSWER\]\n$/,
  ],
  ['another program', () => HTML, /did not answer as Yardstick does: expected JSON, got text\/html/],
  [
    'another program without such a page',
    () => ({ status: 404, ...HTML }),
    /answered 404, not as Yardstick does\. Is --url right\?/,
  ],
]
for (const [what, respond, expected] of UNANSWERED) {
  test(`--once against ${what} ends with 2 and a sentence`, async (t) => {
    const { url } = await serve(t, respond)
    const { code, stdout, stderr } = await ending([MAIN, 'top', '--once', '--url', url])
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, expected)
  })
}

test('--once where nothing listens ends with 2 and says how to start a service', async (t) => {
  const { url, close } = await serve(t, recorded(busy))
  await close()
  const { code, stdout, stderr } = await ending([MAIN, 'top', '--once', '--url', url])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(
    stderr,
    /^yardstick: No Yardstick at http:\S+: nothing listens there\. Start a service with "yardstick run/,
  )
})

for (const [words, expected] of [
  [['--url', 'ftp://x'], /--url: expected a URL such as/],
  [['--window', '2min'], /Allowed choices are 1min, 5min, 1hour, 1day/],
  [['--interval', '3'], /Expected a duration of at least 200ms/],
] as const) {
  test(`top ${words.join(' ')} ends with 2`, async () => {
    const { code, stderr } = await ending([MAIN, 'top', '--once', ...words])
    assert.equal(code, 2)
    assert.match(stderr, expected)
  })
}

test('without --once it outlives the service, says so once, and goes on when it is back', async (t) => {
  const first = await serve(t, recorded(busy))
  const watching = start([MAIN, 'top', '--url', first.url, '--interval', '200ms'])
  await watching.said('yardstick · shop')
  await first.close()
  await watching.said('nothing listens there')
  await watching.said('Trying again every 200 ms')
  const metrics = { ...(busy.metrics as object), service: 'back' }
  await serve(t, recorded({ ...busy, metrics }), first.port)
  await watching.said('yardstick · back')
  watching.kill('SIGINT')
  const { code, stdout, stderr } = await watching.end
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(stdout.match(/nothing listens/g)?.length, 1)
})

test('it ends quietly when nobody reads its output any more', async (t) => {
  const { url } = await serve(t, recorded(busy))
  const child = spawn(process.execPath, [MAIN, 'top', '--url', url, '--interval', '200ms'], {
    timeout: 30_000,
  })
  const complaints = text(child.stderr)
  await once(child.stdout, 'data')
  child.stdout.destroy()
  assert.deepEqual(await once(child, 'exit'), [0, null])
  assert.equal(await complaints, '')
})

test('on a terminal', { skip: NO_TERMINAL }, async (t) => {
  const { url } = await serve(t, recorded(busy))
  const words = [process.execPath, MAIN, 'top', '--url', url]
  const [ENTER, LEAVE] = ['\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l']
  for (const [name, key] of [
    ['q', 'q'],
    ['Ctrl-C', '\x03'],
  ] as const) {
    await t.test(`${name} leaves the second screen as it was and ends with 0`, async () => {
      const seen = await onTerminal(words, 'Grade', key)
      assert.ok(seen.startsWith(ENTER), JSON.stringify(seen.slice(0, 40)))
      assert.match(seen.slice(seen.lastIndexOf(LEAVE) + LEAVE.length), /^\[0\]\s*$/)
      assert.ok(seen.includes('Grade \x1b[33mC'))
    })
  }
  await t.test('where the figures come from stands below the card', async () => {
    const seen = await onTerminal([...words, '--note', 'try this'], 'ends this', 'q')
    assert.match(seen, new RegExp(`try this.*${url} · q ends this`, 's'))
  })
  await t.test('NO_COLOR takes the colours away', async () => {
    const seen = await onTerminal([...words, '--once'], 'Grade', '', { NO_COLOR: '1' })
    assert.ok(!seen.includes('\x1b'))
    assert.match(seen, /Grade C:.*\[0\]/s)
  })
})
