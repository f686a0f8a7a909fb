import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { noPostgres, PostgresServer } from '../servers/postgres.ts'
import { type Application, application, ask, folder, type Metrics, metrics, portOf } from './application.ts'

const YARDSTICK = JSON.stringify(resolve('dist/index.js'))
const OPERATIONS = 8000

/** Records the operations `from` … `to` of a fixed log, then stays. */
const RECORD = `
  const { yardstick } = require(${YARDSTICK})
  const ys = yardstick()
  function log(from, to) {
    for (let i = from; i < to; i++) ys.record('database', 'q' + (i % 3), (i * 37) % 101, { failed: i % 50 === 0 })
  }
  setInterval(() => {}, 1000);`

/** What must not depend on how many processes recorded it; rates are of the time that passed. */
function counted({ metrics_by_type }: Metrics): unknown {
  const { database } = metrics_by_type
  const bare = (one: object) => ({ ...one, rate_per_second: undefined })
  return { ...bare(database!), series: database!.series.map(bare).toSorted(byName) }
}

function byName(a: object, b: object): number {
  return (a as { name: string }).name < (b as { name: string }).name ? -1 : 1
}

async function ofOne(): Promise<unknown> {
  const one = application(`${RECORD} log(0, ${OPERATIONS})`)
  try {
    return counted(await metrics(await portOf(one), 'database', OPERATIONS))
  } finally {
    await one.close()
  }
}

/** Every port that is said on stderr, once there are as many. */
async function ports(app: Application, count: number): Promise<readonly string[]> {
  await app.printed(new RegExp(`(yardstick: http://[^]*?/api[^]*?){${count}}`))
  return [...app.stderr().matchAll(/yardstick: (http:\/\/[^/]+)\/api/g)].map(([, port]) => port!)
}

async function allAnswer(urls: readonly string[], expected: unknown): Promise<void> {
  const answers = await Promise.all(urls.map((url) => metrics(url, 'database', OPERATIONS)))
  for (const [n, answer] of answers.entries()) {
    assert.equal(answer.coverage, 'service', urls[n])
    assert.deepEqual(counted(answer), expected, urls[n])
  }
}

test('four cluster workers answer as one process does, whichever is asked', async (t) => {
  const expected = await ofOne()
  const app = application(`
    const cluster = require('node:cluster')
    if (cluster.isPrimary) for (let n = 0; n < 4; n++) cluster.fork({ SHARE: String(n) })
    else { ${RECORD} log(process.env.SHARE * 2000, process.env.SHARE * 2000 + 2000) }`)
  t.after(app.close)
  await allAnswer(await ports(app, 4), expected)
})

test('eight processes that share a directory answer as one process does, whichever is asked', async (t) => {
  const expected = await ofOne()
  const directory = folder()
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const apps = Array.from({ length: 8 }, (_, n) =>
    application(`${RECORD} log(${n * 1000}, ${n * 1000 + 1000})`, {
      directory,
      file: `app${n}.cjs`,
      env: NAMED,
    }),
  )
  t.after(() => Promise.all(apps.map((app) => app.close())))
  await allAnswer(await Promise.all(apps.map(portOf)), expected)
})

/** Without a package.json the service would be called after the file. */
const NAMED = { YARDSTICK_SERVICE: 'shop' }

test('eight processes on PostgreSQL answer as one on SQLite does, also after it was gone', {
  skip: noPostgres,
}, async (t) => {
  const expected = await ofOne()
  const server = await PostgresServer.start()
  t.after(() => server.remove())
  const env = { ...NAMED, YARDSTICK_STORE: server.url }
  // Half of the log is recorded while the database is gone.
  const source = (n: number) => `${RECORD}
    log(${n * 1000}, ${n * 1000 + 500})
    process.on('message', () => { log(${n * 1000 + 500}, ${n * 1000 + 1000}); process.send('recorded') })`
  const apps = Array.from({ length: 8 }, (_, n) => application(source(n), { env }))
  t.after(() => Promise.all(apps.map((app) => app.close())))
  const urls = await Promise.all(apps.map(portOf))
  const half = await metrics(urls[3]!, 'database', OPERATIONS / 2)
  assert.equal(half.metrics_by_type.database!.n, OPERATIONS / 2)
  await server.stop()
  for (const { child } of apps) {
    child.send('go on')
    await once(child, 'message')
  }
  const alone = await until(urls[3]!, ({ coverage }) => coverage === 'instance')
  assert.ok(alone.metrics_by_type.database!.n >= 500, 'what it recorded itself it goes on showing')
  await server.start()
  for (const url of urls)
    await until(url, ({ metrics_by_type }) => metrics_by_type.database?.n === OPERATIONS)
  await allAnswer(urls, expected)
})

/** Asks until the answer is as wanted. */
async function until(url: string, wanted: (answer: Metrics) => boolean): Promise<Metrics> {
  for (let tries = 0; ; tries++) {
    const { body } = await ask(`${url}/api/v1/performance/metrics?window=1hour`)
    const answer = JSON.parse(body) as Metrics
    if (wanted(answer) || tries === 300) return answer
    await pause(200)
  }
}

const PM2 = resolve('test/apps/node_modules/pm2/bin/pm2-runtime')
const withoutPm2 = existsSync(PM2) ? false : 'pm2 is not installed (npm ci --prefix test/apps)'

test('PM2 in cluster mode answers as one process does', { skip: withoutPm2 }, async (t) => {
  const expected = await ofOne()
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-pm2-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const share = 'process.env.NODE_APP_INSTANCE * 2000'
  writeFileSync(join(directory, 'app.cjs'), `${RECORD} log(${share}, ${share} + 2000)`)
  const child = spawn(process.execPath, [PM2, 'start', 'app.cjs', '-i', '4', '--raw'], {
    cwd: directory,
    env: {
      ...process.env,
      ...NAMED,
      PM2_HOME: join(directory, 'pm2'),
      YARDSTICK_PORT: '0',
      YARDSTICK_LOG: 'info',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(async () => {
    child.kill('SIGINT')
    await once(child, 'close')
  })
  let said = ''
  const urls = await new Promise<readonly string[]>((found) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const all = [...said.matchAll(/yardstick: (http:\/\/[^/]+)\/api/g)].map(([, port]) => port!)
        if (new Set(all).size === 4) found([...new Set(all)])
      })
    }
    child.once('close', () => found([]))
  })
  assert.equal(urls.length, 4, said)
  await allAnswer(urls, expected)
})
