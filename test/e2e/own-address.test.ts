import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Ending, ending, type Running, start } from '../cli/ending.ts'
import { freePort } from '../servers/free-port.ts'
import { type Application, application, folder, portOf } from './application.ts'

const CLI = resolve('dist/cli/main.js')
const SOURCE = `
  const { yardstick } = require(${JSON.stringify(resolve('dist/index.js'))})
  const ys = yardstick()
  setInterval(() => ys.record('work', 'job', 1), 50)
  process.on('message', () => process.exit())`

interface Place {
  readonly directory: string
  readonly run: (env?: Readonly<Record<string, string>>) => Application
  /** The command line in this folder, which is not told where to ask. */
  readonly cli: (words: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Ending>
  readonly left: () => readonly string[]
}

function place(t: TestContext): Place {
  const directory = folder()
  const apps: Application[] = []
  t.after(async () => {
    for (const app of apps) await app.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return {
    directory,
    run: (env = {}) => {
      const app = application(SOURCE, { directory, flags: [], config: { service: 'shop' }, env })
      apps.push(app)
      return app
    },
    cli: (words, env = {}) => ending([CLI, ...words], { cwd: directory, env }),
    left: () => readdirSync(join(directory, '.yardstick')).filter((name) => name.startsWith('port-')),
  }
}

/** A port that another program has. */
async function taken(t: TestContext): Promise<string> {
  const server = createServer((socket) => socket.destroy())
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return String((server.address() as AddressInfo).port)
}

async function kill(app: Application): Promise<void> {
  app.child.kill('SIGKILL')
  assert.equal(await app.ended(), 'SIGKILL')
}

test('a service whose port was taken is found from its folder, whatever its store, until it ends', async (t) => {
  for (const store of ['sqlite', 'memory']) {
    const { run, cli, left } = place(t)
    const app = run({ YARDSTICK_PORT: await taken(t), YARDSTICK_STORE: store })
    const url = await portOf(app)
    assert.deepEqual(left(), [`port-${new URL(url).port}.json`])
    const { code, stdout, stderr } = await cli(['top', '--once'])
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^yardstick · shop/)
    assert.equal((await cli(['silences'])).stdout, 'nothing is silenced\n')
    assert.match((await cli(['why', 'database'])).stdout, /^database, policy ratio: quiet/)
    assert.match((await cli(['doctor'])).stdout, new RegExp(`^shop \\(pid ${app.child.pid}, .*${url}\n`))
    app.child.send('end')
    assert.equal(await app.ended(), 0)
    assert.deepEqual(left(), [])
  }
})

test('one that was killed is named, and nobody else is shown for it', async (t) => {
  const { directory, run, cli, left } = place(t)
  const before = run()
  const url = await portOf(before)
  await kill(before)
  const dead = `Ended, or killed: shop \\(pid ${before.child.pid}\\) at ${url}\\.`
  const { code, stderr } = await cli(['top', '--once'])
  assert.equal(code, 2)
  assert.match(stderr, new RegExp(`^yardstick: No service of this folder .*${dead}.*--url.*UNREACHABLE`))
  const port = await taken(t)
  const said = await cli(['silences'], { YARDSTICK_PORT: port })
  assert.match(said.stderr, new RegExp(`No Yardstick at http://127.0.0.1:${port}:`))
  assert.match((await cli(['doctor'])).stderr, /YS_PROJECT/)

  const after = run()
  const again = await portOf(after)
  assert.deepEqual(left(), [`port-${new URL(again).port}.json`])
  assert.equal((await cli(['silences'])).code, 0)

  const copy = folder()
  t.after(() => rmSync(copy, { recursive: true, force: true }))
  cpSync(directory, copy, { recursive: true })
  const elsewhere = await ending([CLI, 'silences'], { cwd: copy, env: { YARDSTICK_PORT: port } })
  assert.match(elsewhere.stderr, new RegExp(`No Yardstick at http://127.0.0.1:${port}:`))
})

test('in a folder that is gone the usual port is asked', async (t) => {
  if (process.platform === 'win32') return t.skip('Windows lets nobody remove the folder somebody is in')
  const gone = folder()
  const port = await freePort()
  const script = 'cd "$1" && rmdir "$1" && exec "$2" "$3" silences'
  const asked = spawnSync('sh', ['-c', script, 'sh', gone, process.execPath, CLI], {
    env: { ...process.env, YARDSTICK_PORT: String(port) },
    encoding: 'utf8',
  })
  assert.match(asked.stderr, new RegExp(`^yardstick: No Yardstick at http://127.0.0.1:${port}:`))
})

test('of processes that answer as one service any is asked', async (t) => {
  const { run, cli, left } = place(t)
  for (const app of [run(), run()]) await portOf(app)
  assert.equal(left().length, 2)
  assert.equal((await cli(['silences'])).stdout, 'nothing is silenced\n')
})

test('of two programs that count as one service the second says so, of one program that runs twice neither', async (t) => {
  const { directory } = place(t)
  const source = `
    require(${JSON.stringify(resolve('dist/index.js'))}).yardstick().ready().then(() => console.log('ready'))
    setInterval(() => {}, 1000)`
  const env = { YARDSTICK_PORT: '0', YARDSTICK_SERVICE: 'shop' }
  const running: Running[] = []
  for (const file of ['one.cjs', 'one.cjs', 'two.cjs']) {
    writeFileSync(join(directory, file), source)
    const one = start([file], { cwd: directory, env })
    t.after(() => one.kill('SIGKILL'))
    running.push(one)
    await one.said('ready')
  }
  for (const one of running) one.kill('SIGKILL')
  const [first, again, second] = await Promise.all(running.map(({ end }) => end))
  for (const { stderr } of [first!, again!]) assert.doesNotMatch(stderr, /together/)
  const told = /counts as service shop together with pid (\d+), which runs another program \(.*one\.cjs\)/
  const [, pid] = told.exec(second!.stderr) ?? []
  assert.ok([first!.pid, again!.pid].includes(Number(pid)), second!.stderr)
})

test('of several the command line asks which one is meant, and asks no other one in its place', async (t) => {
  const { directory, run, cli } = place(t)
  const names = ['api', 'jobs']
  const apps = names.map((name) => run({ YARDSTICK_RUN_SERVICE: name }))
  const urls = await Promise.all(apps.map(portOf))
  const asked = await cli(['top', '--once'])
  assert.equal(asked.code, 2)
  assert.match(
    asked.stderr,
    /^yardstick: Several services of this folder run: .*--url.*\[YS_API_SEVERAL\]\n$/,
  )
  for (const [at, name] of names.entries()) {
    assert.ok(asked.stderr.includes(`${name} (pid ${apps[at]!.child.pid}) at ${urls[at]}`), asked.stderr)
    const by = [
      await cli(['top', '--once', '--url', urls[at]!]),
      await cli(['top', '--once'], { YARDSTICK_PORT: new URL(urls[at]!).port }),
    ]
    for (const { stdout } of by) assert.match(stdout, new RegExp(`^yardstick · ${name}`))
  }
  assert.match((await cli(['doctor'])).stderr, /YS_API_SEVERAL/)
  const watching = start([CLI, 'top', '--interval', '200ms'], {
    ...{ cwd: directory, env: { YARDSTICK_PORT: new URL(urls[0]!).port } },
  })
  t.after(() => watching.kill('SIGKILL'))
  await watching.said('yardstick · api')
  await kill(apps[0]!)
  const left = await cli(['top', '--once'])
  assert.match(left.stdout, /^yardstick · jobs/)
  assert.equal(
    left.stderr,
    `yardstick: ended, or killed: api (pid ${apps[0]!.child.pid}) at ${urls[0]}; asked is "jobs" at ${urls[1]}\n`,
  )
  const said = await cli(['silences', 'add', '--all', '--for', '1h'], {
    YARDSTICK_PORT: new URL(urls[0]!).port,
  })
  assert.match(said.stderr, new RegExp(`^yardstick: No Yardstick at ${urls[0]}:`))
  await watching.said(`No Yardstick at ${urls[0]}`)
  watching.kill('SIGINT')
  assert.doesNotMatch((await watching.end).stdout, /jobs/)
})

test('top follows a service that is started again on another port', async (t) => {
  const { directory, run } = place(t)
  const before = run()
  const url = await portOf(before)
  const watching = start([CLI, 'top', '--interval', '200ms'], { cwd: directory })
  await watching.said('yardstick · shop')
  await kill(before)
  await watching.said(`killed: shop (pid ${before.child.pid}) at ${url}`)
  const after = run({ YARDSTICK_RUN_SERVICE: 'back' })
  await portOf(after)
  await watching.said('yardstick · back')
  watching.kill('SIGINT')
  assert.equal((await watching.end).code, 0)
})

test('top shows no other service for one that has ended, until that is back', async (t) => {
  const { directory, run } = place(t)
  const other = place(t).run()
  const app = run()
  const url = await portOf(app)
  const env = { YARDSTICK_PORT: new URL(await portOf(other)).port }
  const watching = start([CLI, 'top', '--interval', '200ms'], { cwd: directory, env })
  await watching.said('yardstick · shop')
  app.child.send('end')
  assert.equal(await app.ended(), 0)
  await watching.said(`No Yardstick at ${url}:`)
  await portOf(run({ YARDSTICK_RUN_SERVICE: 'back' }))
  await watching.said('yardstick · back')
  watching.kill('SIGINT')
  assert.equal((await watching.end).code, 0)
})
