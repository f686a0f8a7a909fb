import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { loadSettings } from '../../src/config/load.ts'
import { YardstickError } from '../../src/ground/errors.ts'
import { directory } from './directory.ts'

async function refusal(
  t: TestContext,
  options: unknown,
  environment: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const place = directory(t, files)
  try {
    await loadSettings({ directory: place, environment, options })
  } catch (error) {
    assert.ok(error instanceof YardstickError)
    assert.equal(error.code, 'YS_CONFIG')
    return error.message.replace(place, '<app>')
  }
  throw new assert.AssertionError({ message: 'the configuration was accepted' })
}

async function problem(t: TestContext, options: unknown): Promise<string> {
  const [first, source, ...lines] = (await refusal(t, options)).split('\n')
  assert.equal(first, 'The configuration has a problem.')
  assert.equal(source, 'In the options given in code:')
  assert.equal(lines.length, 1)
  return lines[0]!.trim()
}

test('ten mistakes are told at once, each with path, expected, got and fix', async (t) => {
  const file = `export const config = {
    windw: '5min',
    port: 97_970,
    targets: [
      { component: 'database', p95: '20ms', p99: '100ms' },
      { component: 'authentication', p95: '50ms', grades: { a: '60ms' } },
      { component: 'request', series: 'GET /admin/**', p95: '300' },
      { component: 'cache_l1', hitRate: 95 },
      { component: 'request', seris: 'GET /', p95: '80ms' },
      { component: 'request', series: 'GET /a', p95: '80ms' },
      { component: 'request', series: 'GET /a', p95: '90ms' },
    ],
  }`
  const environment = { YARDSTICK_STORE: 'memory', YARDSTICK_DISABLED: 'perhaps' }
  const message = await refusal(t, { seriesLimit: '500' }, environment, { 'yardstick.config.ts': file })
  assert.equal(
    message,
    `The configuration has 10 problems.
In <app>/yardstick.config.ts:
  windw: expected a known option, got "windw" – did you mean "window"?
  port: expected a port from 0 to 65535, or "off", got 97970 – write 9797
  targets[0]: expected one of p50, p75, p90, p95, p99, p99.9, hitRate, got p95 and p99 – write a target of its own for each
  targets[1].grades: expected a < b < c < d, got a 60 ms, b 40 ms, c 50 ms, d 100 ms – a better letter takes a shorter time
  targets[2].p95: expected a duration such as "300ms", got "300" – write "300ms"
  targets[3].hitRate: expected a share such as "95%" or 0.95, got 95 – write "95%"
  targets[4].seris: expected a known option, got "seris" – did you mean "series"?
  targets[6]: expected each requirement once, got p95 of request GET /a again, as in targets[5] – remove one of them
In the environment:
  YARDSTICK_DISABLED: expected true or false, got "perhaps" – write false
In the options given in code:
  seriesLimit: expected a whole number from 10 to 5000, got "500" – write 500`,
  )
})

test('a fifth limit for one series is found, with a name that shows it', async (t) => {
  const targets = [
    { component: 'request', series: 'GET /a/**', p95: '1ms' },
    { component: 'request', series: '**/b', p95: '2ms' },
    { component: 'request', series: 'GET /*/b', p95: '3ms' },
    { component: 'request', series: '* /a/b', p95: '4ms' },
  ]
  assert.equal(
    await problem(t, { targets }),
    'targets: expected at most 4 distinct limits for any one series, got 5 for a request such as "GET /a/b": ' +
      '100 ms (default), 1 ms (targets[0]), 2 ms (targets[1]), 3 ms (targets[2]), 4 ms (targets[3]) – ' +
      'make some of them equal, or leave the series out with except',
  )
})

test('durations people write are understood well enough to say what to write', async (t) => {
  const fixed: readonly (readonly [unknown, string])[] = [
    ['300', '300ms'],
    ['5 secs', '5s'],
    ['2 minutes', '2min'],
    ['0.3 milliseconds', '0.3ms'],
    ['soon', '300ms'],
    [-3, '300ms'],
    [Number.NaN, '300ms'],
    [null, '300ms'],
  ]
  for (const [p95, fix] of fixed) {
    const line = await problem(t, { targets: [{ component: 'request', p95 }] })
    assert.ok(line.startsWith('targets[0].p95: expected a duration such as "300ms", got '), line)
    assert.ok(line.endsWith(`– write "${fix}"`), line)
  }
})

test('one problem each', async (t) => {
  const target = (more: object) => ({ targets: [{ component: 'request', p95: '100ms', ...more }] })
  const cases: readonly (readonly [object, RegExp])[] = [
    [target({ p95: '2h' }), /^targets\[0\]\.p95: expected a duration from 0\.001 ms to 1 h, got "2h"/],
    [target({ p95: 0 }), /^targets\[0\]\.p95: expected a duration from 0\.001 ms/],
    [{ targets: [{ component: 'request', 'p99.9': 'x' }] }, /^targets\[0\]\["p99\.9"\]: expected a duration/],
    [
      { targets: [{ p95: '1ms' }] },
      /^targets\[0\]\.component: expected the name of a component, got nothing/,
    ],
    [target({ component: '' }), /^targets\[0\]\.component: .*got "" – write "request"/],
    [target({ component: ' request ' }), /– write "request"$/],
    [target({ component: 'x'.repeat(201) }), /of at most 200 characters, got "x{59}…" – shorten it/],
    [{ targets: [{ component: 'pricing' }] }, /^targets\[0\]: expected one of .*, got none – add a limit/],
    [{ targets: [{ component: 'request', series: 'GET /' }] }, /^targets\[0\]: expected one of .*, got none/],
    [
      { targets: [{ component: 'request' }] },
      /^targets\[0\]: expected one of p50, .*, or else what is to change of the default: .*, got only the component – add a limit such as p95: "300ms", or remove/,
    ],
    [
      { targets: [{ component: 'cache_l1', hitRate: undefined }] },
      /got only the component – add a limit such as hitRate: "90%"/,
    ],
    [
      { targets: [{ component: 'request', p95: '1s' }, { component: 'request' }] },
      /^targets\[1\]: .* got only the component/,
    ],
    [{ targets: [{ component: 'request', p94: '1s' }] }, /^targets\[0\]\.p94: expected a known option/],
    [
      { targets: [{ component: 'cache_l1', hitRate: '100%' }] },
      /expected a share from 0\.01% to 99\.99%, got "100%"/,
    ],
    [{ targets: [{ component: 'cache_l1', hitRate: '95' }] }, /got "95" – write "95%"/],
    [target({ grades: { a: '96%' } }), /^targets\[0\]\.grades\.a: expected a duration, as the limit is one/],
    [
      { targets: [{ component: 'cache_l1', grades: { b: '40ms' } }] },
      /^targets\[0\]\.grades\.b: expected a share/,
    ],
    [
      { targets: [{ component: 'cache_l1', grades: { d: 0.99 } }] },
      /a > b > c > d, got a 98 %, b 96 %, c 95 %, d 99 %/,
    ],
    [target({ weight: -1 }), /^targets\[0\]\.weight: expected a weight from 0 to 100, got -1 – write 0$/],
    [
      target({ id: 'database' }),
      /^targets\[0\]\.id: expected a name of its own .*which a default target has/,
    ],
    [
      {
        targets: [
          { component: 'request', series: 42, p95: '1s' },
          { component: 'request', p95: '1s' },
        ],
      },
      /^targets\[0\]\.series: expected the name of a series or a pattern, got 42/,
    ],
    [
      {
        targets: [
          { component: 'request', p95: '1s' },
          { component: 'request', weight: 2 },
        ],
      },
      /^targets\[1\]: expected each requirement once, got no limit, so the default p95 of request again, as in targets\[0\] – give it a limit of its own, or/,
    ],
    [{ targets: ['request'] }, /^targets\[0\]: expected a target, got "request"/],
    [{ targets: {} }, /^targets: expected a list of at most 500 targets, got \{\}/],
    [target({ except: [1] }), /^targets\[0\]\.except: expected the name of a series, a pattern or a list/],
    [{ retention: '1h' }, /^retention: expected a duration from 25 h to 3650 d, got "1h" – write "90d"/],
    [{ window: '5m' }, /^window: expected "1min", "5min", "1hour" or "1day", got "5m" – write "5min"/],
    [{ headers: 'ALL' }, /– write "all"$/],
    [
      { store: { kind: 'sqlite', maxBytes: '1kB' } },
      /^store\.maxBytes: expected a size from 1 MB to 1024 GB/,
    ],
    [{ store: { kind: 'mysql' } }, /^store\.kind: expected "sqlite", "memory" or "postgres", got "mysql"/],
    [
      { store: { kind: 'postgres', path: 'x.db' } },
      /^store\.path: expected no path, since postgres has no file/,
    ],
    [
      { store: { kind: 'postgres', url: 'mysql://u:secret@h/d' } },
      /^store\.url: (?!.*secret)expected the URL/,
    ],
    [
      { store: { kind: 'sqlite', url: 'postgres://u:secret@h/d' } },
      /^store\.url: (?!.*secret)expected no url/,
    ],
    [{ store: { kind: 'postgres', schema: 'a"; DROP' } }, /^store\.schema: expected the name of a schema/],
    [{ store: { kind: 'postgres', maxBytes: '1MB' } }, /^store\.maxBytes: expected no maxBytes/],
    [{ store: { kind: 'memory', path: 'x.db' } }, /^store\.path: expected no path, since memory has no file/],
    [
      { store: 'mysql://u:hush@h/d' },
      /^store\.url: expected the URL of a PostgreSQL database, got something else \(not shown, for it may be confidential\) – there is no store for mysql:\/\/; write "postgres:/,
    ],
    [{ store: 'Postgress://u:hush@h/d' }, /^store\.url: .* – did you mean postgres:\/\/\?$/],
    [{ store: `postgres://${'hush'.repeat(600)}` }, /^store\.url: .* – write "postgres:/],
    [{ store: { path: 'mysql://u:hush@h/d' } }, /^store\.path: expected the path of a file, /],
    [
      { store: 5 },
      /^store: expected "memory", "sqlite", the path of a SQLite file, the URL of a PostgreSQL database, or an object, got 5/,
    ],
    [{ seriesLimit: 20, componentLimit: 40 }, /^componentLimit: expected at most seriesLimit, 20, got 40/],
    [{ port: 80.5 }, /^port: expected a port from 0 to 65535, or "off", got 80\.5/],
    [
      { publicUrl: 'https://ann:hush@perf.example' },
      /^publicUrl: expected an address .* without user, query and fragment, got something else/,
    ],
    [{ access: { token: 'hush' } }, /^access\.token: expected a secret of 16 to 200 characters/],
    [
      { onFire: 1 },
      /^onFire: expected a known option, got "onFire" – remove it \(known are service, targets,/,
    ],
    [{ notifiers: 'slack' }, /^notifiers: expected at most 50 notifiers by name, got something else/],
    [
      { notifiers: { a: 'https://hush' } },
      /^notifiers\.a: expected a notifier, got something else \(not shown, for it may be confidential\) – write \{ kind/,
    ],
    [{ notifiers: { a: {} } }, /^notifiers\.a\.kind: expected "slack", .*, got nothing – write "slack"/],
    [
      { notifiers: { a: { kind: 'slak', url: 'https://x.example' } } },
      /^notifiers\.a\.kind: expected .*, got "slak" – write "slack"$/,
    ],
    [
      { notifiers: { a: { kind: 'slack' } } },
      /^notifiers\.a: expected url, or token, channel, got none of them – add url/,
    ],
    [
      { notifiers: { a: { kind: 'slack', token: 'xoxb-hush' } } },
      /^notifiers\.a: expected url, or token, channel, got token – add url/,
    ],
    [
      { notifiers: { a: { kind: 'email', options: { host: 'h', from: 'f' } } } },
      /^notifiers\.a: expected host, from, to, got host, from – add to$/,
    ],
    [
      { notifiers: { a: { kind: 'webhook', url: 'ftp://hush' } } },
      /^notifiers\.a\.url: expected an address that starts with https:\/\/ or http:\/\/, got something else/,
    ],
    [
      { notifiers: { a: { kind: 'webhook', url: 'https://x.example', secret: 'hush' } } },
      /^notifiers\.a\.secret: expected a secret of 16 to 500 characters, got something else/,
    ],
    [
      { notifiers: { a: { kind: 'webhook', url: 'https://x.example', headers: { a: 'hush\n' } } } },
      /^notifiers\.a\.headers: expected headers as \{ name: "value" \}, of printable characters, got something else/,
    ],
    [
      { notifiers: { a: { kind: 'pagerduty', routingKey: 'x'.repeat(32), token: 'hush' } } },
      /^notifiers\.a\.token: expected a known option, got "token" – remove it \(known are kind, options, routingKey/,
    ],
    [
      { notifiers: { 'a b': { kind: 'slack' } } },
      /^notifiers\["a b"\]: expected a name of a letter, .* – rename it/,
    ],
    [{ window: () => '5min' }, /^window: .*got a function – give plain data$/],
  ]
  for (const [options, line] of cases) {
    const told = await problem(t, options)
    assert.match(told, line)
    assert.doesNotMatch(told, /hush/)
  }
})

test('a secret is never repeated in a message', async (t) => {
  const file = { 'yardstick.config.json': '{ "access": { "token": "hunter2" } }' }
  const message = await refusal(
    t,
    { access: { token: 'swordfish 1' } },
    { YARDSTICK_TOKEN: 'correcthorse' },
    file,
  )
  assert.match(message, /3 problems/)
  assert.doesNotMatch(message, /hunter2|swordfish|correcthorse/)
})

test('environment variables: the variable is named, near misses are told, others are left alone', async (t) => {
  const environment = {
    YARDSTICK_PORT: '80a',
    YARDSTICK_STORE: 'memory',
    YARDSTICK_HOTS: '127.0.0.1',
    YARDSTICK_RUNTIME: 'yes',
    YARDSTICK_SOMETHING_NEWER: '1',
  }
  assert.equal(
    await refusal(t, {}, environment),
    `The configuration has 3 problems.
In the environment:
  YARDSTICK_PORT: expected a port from 0 to 65535, or "off", got "80a" – write 9797
  YARDSTICK_RUNTIME: expected "on", "off" or "stacks", got "yes" – write "on"
  YARDSTICK_HOTS: expected a known variable, got YARDSTICK_HOTS – did you mean YARDSTICK_HOST?`,
  )
})

test('what belongs to code is told so when it stands in a file', async (t) => {
  const file = `export const config = { user: () => 1, ignore: () => false, store: 'memory' }`
  const message = await refusal(t, {}, {}, { 'yardstick.config.mjs': file })
  assert.match(
    message,
    /user: expected an option of a file, got user, which is for code – give it to yardstick\(\{ user \}\)/,
  )
  assert.match(
    message,
    /ignore: .*got a function – give it to yardstick\(\{ ignore \}\), in the application's own thread/,
  )
})

test('a file that exports no object', async (t) => {
  const message = await refusal(t, {}, {}, { 'yardstick.config.mjs': 'export default async () => ({})' })
  assert.match(message, /the configuration: expected an object of options, got a function/)
})

test('of very many problems the first fifty are told, cut to a length that can be read', async (t) => {
  const inFile = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`wrong${i}`, 1]))
  const inCode = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`${i}${'x'.repeat(5000)}`, 1]))
  const message = await refusal(t, inCode, {}, { 'yardstick.config.json': JSON.stringify(inFile) })
  const lines = message.split('\n')
  assert.equal(lines[0], 'The configuration has 3040 problems.')
  assert.equal(lines.filter((line) => line.includes(': expected a known option')).length, 50)
  assert.equal(lines[42], 'In the options given in code:')
  assert.match(lines[43]!, /^ {2}\["0x{58}…"\]: expected a known option, got "0x+… – /)
  assert.equal(lines.at(-1), '… and 2990 more.')
  assert.ok(Math.max(...lines.map((line) => line.length)) < 1300)
})
