import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { httpReceiver } from '../../contracts/notifier/http-receiver.ts'
import type { Receiver } from '../../contracts/notifier/receiver.ts'
import { smtpReceiver } from '../../contracts/notifier/smtp-receiver.ts'
import { hasPostgres, postgresServer } from '../recorders/servers/postgres.ts'
import { hasRedis, redisServer } from '../recorders/servers/redis.ts'
import { application, ask, metrics, portOf } from './application.ts'

const CLI = resolve('dist/cli/main.js')
const APPLICATION = readFileSync('test/e2e/canary-application.cjs', 'utf8')
const MARK = 'CANARY'
const ROUNDS = 30

const places =
  'literal comment parameter prepared quoted key value script user claim signing path query header cookie body jwt error stack code connection agent host method hook hookSecret hookHeader slack pager mail mailUser store password'
type Place = string
/** One for each place, so that a find says where it came from. */
const secrets: Readonly<Record<Place, string>> = Object.fromEntries(
  places.split(' ').map((place) => [place, `${MARK}-${place}-0123456789`]),
)

/** As it is, and as other hands would write it. */
const FORMS: readonly (readonly [place: Place, form: string])[] = Object.entries(secrets).flatMap(
  ([place, secret]) =>
    [
      secret,
      secret.toLowerCase(),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').slice(0, -4),
      Buffer.from(secret).toString('hex'),
    ].map((form) => [place, form] as const),
)

function holdsNone(where: string, text: string): void {
  const found = FORMS.filter(([, form]) => text.includes(form))
  const [first] = found
  const at = first === undefined ? 0 : text.indexOf(first[1])
  assert.deepEqual(found, [], `${where}: …${text.slice(Math.max(0, at - 200), at + 200)}…`)
}

const none = !hasPostgres ? 'no PostgreSQL is installed' : !hasRedis ? 'no Redis is installed' : false

test('secrets of an application, its users and its notifiers are found nowhere that Yardstick writes', {
  skip: none,
}, async (t) => {
  // What was started last is ended first: a server waits for its clients.
  const endings: (() => Promise<unknown>)[] = []
  t.after(async () => {
    for (const end of endings.reverse()) await end()
  })
  const [database, cache] = await Promise.all([postgresServer(), redisServer()])
  endings.push(database.stop, cache.stop)
  const receivers: Record<string, Receiver> = {
    other: await httpReceiver({ status: 200, body: '{}' }),
    hook: await httpReceiver({ status: 200, body: '{}' }),
    refusing: await httpReceiver({ status: 200, body: '{}' }),
    slack: await httpReceiver({ status: 200, body: 'ok' }),
    pager: await httpReceiver({ status: 202, body: '{"status":"success"}' }),
    mail: await smtpReceiver(),
  }
  // It repeats whatever it is sent.
  receivers.refusing!.manner = { kind: 'refuse', status: 400 }
  endings.push(() => Promise.all(Object.values(receivers).map((each) => each.close())))
  const at = (name: string): string =>
    `http://127.0.0.1:${receivers[name]!.port}/${secrets[name] ?? secrets.hook}`
  const hook = {
    kind: 'webhook',
    url: at('hook').replace('//', `//${secrets.user}:${secrets.password}@`),
    secret: secrets.hookSecret,
    headers: { 'x-key': secrets.hookHeader },
  }
  const app = application(APPLICATION, {
    flags: [CLI, 'run'],
    config: {
      targets: [{ component: 'request', p95: '1ms' }],
      alerts: { policies: [{ kind: 'ratio', for: '0s' }], grace: { afterStart: '0s' } },
      notifiers: {
        hook,
        refusing: { ...hook, url: at('refusing') },
        slack: { kind: 'slack', url: at('slack') },
        pager: { kind: 'pagerduty', routingKey: secrets.pager, url: at('pager') },
        mail: {
          kind: 'email',
          host: '127.0.0.1',
          port: receivers.mail!.port,
          user: secrets.mailUser,
          password: secrets.mail,
          from: 'yardstick@shop.example',
          to: 'ops@shop.example',
        },
      },
    },
    env: {
      MODULES: resolve('package.json'),
      SECRETS: JSON.stringify(secrets),
      PG_URL: `postgres://postgres:${secrets.password}@127.0.0.1:${database.port}/postgres?application_name=${secrets.connection}`,
      REDIS_URL: `redis://127.0.0.1:${cache.port}`,
      OTHER_URL: `http://127.0.0.1:${receivers.other!.port}`,
    },
  })
  endings.push(app.close, async () => {
    // `run` passes this on; killed, it would leave the application behind.
    app.child.kill('SIGTERM')
    await app.ended()
  })
  const [, own] = await app.printed(/up (\d+)/)
  const port = await portOf(app)
  const asked = await use(Number(own))
  await metrics(port, 'request', asked)
  const names = Object.keys(receivers).filter((name) => name !== 'other')
  const tried = await Promise.all(
    names.map((name) => ask(`${port}/api/v1/performance/notifiers/${name}/test`, 'POST')),
  )
  for (const [n, { body }] of tried.entries()) holdsNone(`the test of ${names[n]}`, body)
  for (let tries = 0; tries < 200 && !names.every((name) => told(receivers[name]!)); tries++) await pause(50)

  const answers = await everyAnswer(port)
  assert.ok(answers.size > 20)
  for (const [path, body] of answers) holdsNone(path, body)
  // What it should say is there, so the secrets were not merely elsewhere.
  const said = answers.get('/metrics')!
  for (const name of [
    'SELECT',
    'GET /users/:id',
    'GET (unmatched)',
    'jsonwebtoken.verify',
    'hGet',
    'PURGE (unmatched)',
  ]) {
    assert.ok(said.toLowerCase().includes(name.toLowerCase()), `${name} is not in ${said}`)
  }
  assert.match(answers.get('/report')!, /GET \/broken/)
  for (const name of names) {
    const { received } = receivers[name]!
    assert.ok(received.length > 0, `nothing came to ${name}`)
    const bodies = received.map(({ body }) => body).join('\n')
    // A routing key is in the body of PagerDuty's events, which is where it belongs.
    holdsNone(`what ${name} was told`, bodies.replaceAll(secrets.pager!, ''))
  }
  const run = async (...words: string[]): Promise<string> => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CLI, ...words], {
      cwd: app.directory,
    }).catch((error: { stdout: string; stderr: string }) => error)
    return stdout + stderr
  }
  for (const words of [
    'top --once',
    'doctor',
    'doctor --json',
    'alerts list --status all',
    'why request',
    'validate',
  ]) {
    holdsNone(`yardstick ${words}`, await run(...words.split(' '), '--url', port))
  }
  app.child.kill('SIGTERM')
  await app.ended()
  for (const words of ['store info', 'store export --to export.ndjson', 'doctor']) {
    holdsNone(`yardstick ${words}`, await run(...words.split(' ')))
  }
  holdsNone('the application’s output', app.stdout() + app.stderr())
  const files = readdirSync(app.directory, { recursive: true, withFileTypes: true }).filter(
    (file) => file.isFile() && !/^(app\.cjs|yardstick\.config\.json)$/.test(file.name),
  )
  // They are found where they are.
  assert.throws(() => holdsNone('', readFileSync(join(app.directory, 'yardstick.config.json'), 'latin1')))
  assert.ok(files.some(({ name }) => name === 'yardstick.db'))
  assert.ok(files.some(({ name }) => name === 'export.ndjson'))
  for (const { parentPath, name } of files) {
    holdsNone(name, readFileSync(join(parentPath, name)).toString('latin1'))
  }
})

test('the password of a store that cannot be reached is found nowhere', async (t) => {
  const env = {
    YARDSTICK_STORE: `postgres://${secrets.user}:${secrets.store}@127.0.0.1:1/figures?application_name=${secrets.connection}`,
  }
  const app = application(`require('node:http').createServer().listen(0, '127.0.0.1')`, { env })
  t.after(app.close)
  const port = await portOf(app)
  await app.printed(/cannot be reached/)
  const { body } = await ask(`${port}/api/v1/performance/self`)
  holdsNone('/self', body)
  holdsNone('standard error', app.stdout() + app.stderr())
  for (const words of [
    ['doctor', '--url', port],
    ['store', 'info', '--store', env.YARDSTICK_STORE],
  ]) {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CLI, ...words], { env }).catch(
      (error: { stdout: string; stderr: string }) => error,
    )
    holdsNone(`yardstick ${words[0]}`, stdout + stderr)
  }
})

function told({ received }: Receiver): boolean {
  return received.length > 0
}

/** Asks for everything, with a secret wherever a client can put one. */
async function use(port: number): Promise<number> {
  const headers = {
    authorization: `Bearer ${secrets.header}`,
    cookie: `session=${secrets.cookie}`,
    'user-agent': secrets.agent!,
    'x-forwarded-for': secrets.host!,
    'content-type': 'application/json',
  }
  const paths = [
    `GET /users/${secrets.user}?q=${secrets.query}`,
    'POST /login',
    'GET /broken',
    'GET /thrown',
    'GET /uncaught',
    'GET /destroyed',
    `GET /${secrets.path}/${secrets.path}?${secrets.query}=1`,
    `PUT /users/${secrets.user}`,
  ]
  const all = Array.from({ length: ROUNDS }, () => paths).flat()
  for (const one of all) {
    const [method, path] = one.split(' ') as [string, string]
    const body = method === 'POST' ? JSON.stringify({ password: secrets.body }) : null
    await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body }).then(
      (answer) => answer.text(),
      () => undefined,
    )
  }
  // Methods that a client library would not send.
  for (const line of [`PURGE /${secrets.path} HTTP/1.1`, `${secrets.method} / HTTP/1.1`]) {
    await new Promise((closed) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.end(`${line}\r\nHost: ${secrets.host}\r\nConnection: close\r\n\r\n`),
      )
      socket
        .resume()
        .on('error', () => {})
        .on('close', closed)
    })
  }
  return all.length + 1
}

/** Whatever the API tells, by path: lists in every window, and each alert by itself. */
async function everyAnswer(port: string): Promise<ReadonlyMap<string, string>> {
  const base = `${port}/api/v1/performance`
  const { body } = await ask(`${base}/openapi.json`)
  const { paths } = JSON.parse(body) as { readonly paths: Readonly<Record<string, object>> }
  const readable = Object.entries(paths).flatMap(([path, methods]) => ('get' in methods ? [path] : []))
  const { alerts } = JSON.parse((await ask(`${base}/alerts?status=all`)).body) as {
    readonly alerts: readonly { readonly id: string }[]
  }
  assert.ok(alerts.length > 0)
  const answers = new Map<string, string>()
  for (const path of readable) {
    const place = path.replace('/api/v1/performance', '')
    const each = place.includes('{') ? alerts.map(({ id }) => place.replace(/\{\w+\}/, id)) : [place]
    for (const one of each) {
      for (const query of ['', '?window=1hour', '?window=1day']) {
        answers.set(one + query, (await ask(base + one + query)).body)
      }
    }
  }
  return answers
}
