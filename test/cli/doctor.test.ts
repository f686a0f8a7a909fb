import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import type { Finding, Findings } from '../../src/cli/doctor/finding.ts'
import { OF_NODE } from '../../src/cli/doctor/of-node.ts'
import { recorders } from '../../src/recorders/table.ts'
import { ending, start } from './ending.ts'
import { MAIN } from './fixture/main.ts'
import { folder } from './folder.ts'
import { golden } from './golden.ts'
import { service } from './service.ts'

const report = (name: string, state: string, rest: object = {}): object => {
  return { name, library: null, version: null, state, how: null, detail: null, ...rest }
}

/** What the self page of a service says of its recorders. */
const SELF = {
  service: 'shop',
  pid: 4711,
  node: 'v24.21.0',
  dropped: { errors: 2 },
  recent_errors: ['option user: TypeError', 'option user: \u001b[2JTypeError'],
  recorders: [
    report('http', 'attached'),
    report('express', 'attached', { library: 'router', version: '2.3.0', how: 'patch' }),
    report('sqlite', 'attached', { library: 'node', version: '24.21.0', how: 'patch' }),
    report('crypto', 'attached', { library: 'node', version: '24.21.0', how: 'patch' }),
    report('fastify', 'waiting'),
    report('koa', 'waiting'),
    report('pg', 'degraded', {
      library: 'pg',
      version: '9.0.0',
      how: 'patch',
      detail: 'recorded, but nobody has tried this version (known: >=8.0 <8.24); compare its counts',
    }),
    report('h3', 'degraded', {
      library: 'h3',
      version: '2.0.8',
      detail:
        'loaded, but its ES modules cannot be watched by Node.js 24.2.0 (needed: >=24.11.1); not recorded',
    }),
    report('opentelemetry', 'attached', {
      detail:
        'spans of the application’s tracer; not recorded, as no convention says what they stand for: those of dns',
    }),
  ],
}

/** Nothing of ours answers there, whatever else runs on this machine. */
const QUIET = { YARDSTICK_PORT: '1' }

const module = (name: string, version: string): Readonly<Record<string, string>> => {
  return { [`node_modules/${name}/package.json`]: JSON.stringify({ name, version }) }
}

test('of a running service: what is recorded, how, what is not, why, and what to do', async (t) => {
  const { url, close, asked } = await service(() => ({ body: SELF }))
  t.after(close)
  const at = folder(t, {
    'package.json': '{ "name": "shop", "dependencies": { "koa": "^3" } }',
    ...module('koa', '3.3.0'),
  })
  const { code, stdout, stderr } = await ending([MAIN, 'doctor', '--url', url], {
    cwd: at('.'),
    env: { YARDSTICK_TOKEN: 'secret' },
  })
  assert.deepEqual([code, stderr], [1, ''])
  golden('doctor/service.txt', stdout.replace(url, 'http://127.0.0.1:9797'))
  assert.equal(asked[0]?.headers.authorization, 'Bearer secret')
})

test('of a service of several processes it says that one has answered, and how many others there are', async (t) => {
  const remarksFor = async (...pids: readonly number[]): Promise<Findings['remarks']> => {
    const instances = pids.map((pid) => ({ pid }))
    const { url, close } = await service(({ url: path }) =>
      path!.endsWith('/runtime') ? { body: { instances } } : { body: { ...SELF, dropped: {} } },
    )
    t.after(close)
    const { stdout } = await ending([MAIN, 'doctor', '--url', url, '--json'])
    return (JSON.parse(stdout) as Findings).remarks
  }
  assert.deepEqual(await remarksFor(4711), [])
  const what = 'this is by one process (pid 4711); others of the service: 2'
  for (const pids of [
    [4711, 4711, 12],
    [12, 13],
  ]) {
    assert.deepEqual(
      (await remarksFor(...pids)).map((remark) => remark.what),
      [what],
    )
  }
})

test('--json: the same, for programs', async (t) => {
  const { url, close } = await service(() => ({ body: SELF }))
  t.after(close)
  const { code, stdout } = await ending([MAIN, 'doctor', '--url', url, '--json'])
  assert.equal(code, 1)
  const { looked, at, findings } = JSON.parse(stdout) as Findings
  assert.deepEqual([looked, at], ['service', url])
  assert.deepEqual(
    findings.map(({ recorder, state }) => [recorder, state]),
    [
      ['http', 'recorded'],
      ['express', 'recorded'],
      ['sqlite', 'recorded'],
      ['crypto', 'recorded'],
      ['fastify', 'waiting'],
      ['koa', 'waiting'],
      ['pg', 'untried'],
      ['h3', 'lost'],
      ['opentelemetry', 'recorded'],
    ],
  )
})

test('a service that is something else, or none, ends with 2', async (t) => {
  const { url, close } = await service(() => ({ body: 'hello', type: 'text/plain' }))
  t.after(close)
  const other = await ending([MAIN, 'doctor', '--url', url])
  assert.equal(other.code, 2)
  assert.match(other.stderr, /\[YS_API_ANSWER\]/)
  await close().catch(() => {})
  const none = await ending([MAIN, 'doctor', '--url', 'http://127.0.0.1:1'])
  assert.equal(none.code, 2)
  assert.match(none.stderr, /\[YS_API_UNREACHABLE\]/)
})

test('a service that refuses to answer runs all the same; another program on the usual port does not', async (t) => {
  const detail = 'Send the configured token.'
  const type = 'urn:yardstick:problem:token-required'
  for (const [body, code] of [
    [{ type, detail }, 2],
    [{ detail }, 0],
  ] as const) {
    const { port, close } = await service(() => ({ status: 401, body }))
    t.after(close)
    const at = folder(t, { 'package.json': '{ "name": "mine" }' })
    const said = await ending([MAIN, 'doctor'], { cwd: at('.'), env: { YARDSTICK_PORT: String(port) } })
    assert.equal(said.code, code, said.stdout)
    assert.match(code === 2 ? said.stderr : said.stdout, code === 2 ? /Give it with --token/ : /not running/)
  }
})

test('a service under Yardstick: the versions that it has loaded', async (t) => {
  const code = `
    const { writeFileSync } = require('node:fs')
    const { yardstick } = require(${JSON.stringify(resolve('src/index.ts'))})
    const local = require('node:module').createRequire(${JSON.stringify(resolve('package.json'))})
    const { version } = local('express/package.json')
    const app = local('express')()
    const server = app.listen(0, '127.0.0.1', async () => {
      await fetch('http://127.0.0.1:' + server.address().port)
      writeFileSync('started.json', JSON.stringify({ url: await yardstick().ready(), version }))
      console.log('ready')
    })`
  const at = folder(t, { 'package.json': '{ "name": "mine" }', 'app.cjs': code })
  const app = start([MAIN, 'run', '--port', '0', '--store', 'memory', 'app.cjs'], { cwd: at('.') })
  t.after(() => app.kill('SIGKILL'))
  await app.said('ready')
  const { url, version } = JSON.parse(readFileSync(at('started.json'), 'utf8')) as Readonly<
    Record<string, string>
  >
  const found = async (): Promise<readonly Finding[]> => {
    const { stdout } = await ending([MAIN, 'doctor', '--url', url!, '--json'])
    return (JSON.parse(stdout) as Findings).findings
  }
  // A recorder tells of its library a moment after that was loaded.
  while (!(await found()).some((each) => each.library === 'express' && each.version === version));
  const { code: exit, stdout } = await ending([MAIN, 'doctor', '--url', url!])
  assert.equal(exit, 0, stdout)
  assert.match(stdout, /✓ http: from the start\n/)
  assert.match(stdout, /✓ router \S+: its CommonJS files, after they ran\n/)
  assert.match(stdout, /neither seen in it nor installed in this folder: .*koa/)
})

test('what is recorded of Node.js itself has its words', () => {
  const ofNode = recorders().filter(({ libraries = ['node'] }) => libraries.includes('node'))
  assert.deepEqual(ofNode.map(({ name }) => name).sort(), Object.keys(OF_NODE).sort())
})

test('without a service: what of the project would be recorded', async (t) => {
  const at = folder(t, {
    'package.json': JSON.stringify({
      name: 'shop',
      scripts: {
        start: 'node dist/server.js',
        build: 'esbuild src/server.ts --bundle --outfile=dist/server.js',
      },
      dependencies: { koa: '^3', pg: '^9' },
    }),
    'src/deep/file.ts': '',
    ...module('koa', '3.3.0'),
    ...module('pg', '9.0.0'),
    // Ours brings it along; the project does not use it.
    ...module('hono', '4.13.19'),
  })
  const { code, stdout, stderr } = await ending([MAIN, 'doctor'], { cwd: at('src/deep'), env: QUIET })
  assert.deepEqual([code, stderr], [0, ''])
  const shown = stdout.replace(at('.'), '/srv/shop').replaceAll(process.versions.node, '24.21.0')
  golden('doctor/project.txt', shown.replace(/\n +\n/g, '\n'))
  const json = await ending([MAIN, 'doctor', '--json'], { cwd: at('.'), env: QUIET })
  const { findings } = JSON.parse(json.stdout) as { readonly findings: readonly Finding[] }
  assert.deepEqual(
    findings.map(({ recorder, library, state }) => [recorder, library, state]),
    [
      ['http', undefined, 'recorded'],
      ['koa', 'koa', 'recorded'],
      ['undici', undefined, 'recorded'],
      ['httpClient', undefined, 'recorded'],
      ['pg', 'pg', 'untried'],
      ['crypto', 'node:crypto', 'recorded'],
      ['sqlite', 'node:sqlite', 'recorded'],
    ],
  )
})

test('a project whose configuration would be refused is told so, and ends with 1', async (t) => {
  const at = folder(t, {
    'package.json': '{ "name": "shop", "scripts": { "start": "yardstick run server.js" } }',
    'yardstick.config.json': '{ "window": "2min", "port": "x" }',
  })
  const { code, stdout } = await ending([MAIN, 'doctor'], { cwd: at('.'), env: QUIET })
  assert.equal(code, 1)
  assert.match(
    stdout,
    /\nConfiguration\n {2}✗ the configuration is valid: The configuration has 2 problems\.\n/,
  )
  assert.match(stdout, /port: expected a port.*\[YS_CONFIG\]/s)
  const json = await ending([MAIN, 'doctor', '--json'], { cwd: at('.'), env: QUIET })
  const { configuration } = JSON.parse(json.stdout) as Findings
  assert.deepEqual([json.code, configuration?.map(({ outcome }) => outcome)], [1, ['failed']])
})

test('a service that nobody named may be another folder’s: what would be refused in this one is told beside it', async (t) => {
  const { url, close } = await service(() => ({ body: { ...SELF, recorders: [] } }))
  t.after(close)
  const port = new URL(url).port
  const told = async (config: string, ...words: readonly string[]): Promise<unknown> => {
    const at = folder(t, { 'package.json': '{ "name": "shop" }', 'yardstick.config.json': config })
    const env = { ...QUIET, YARDSTICK_PORT: port }
    const { code, stdout } = await ending([MAIN, 'doctor', '--json', ...words], { cwd: at('.'), env })
    const { looked, remarks } = JSON.parse(stdout) as Findings
    return [code, looked, remarks.filter(({ what }) => what.includes('would be refused')).length]
  }
  assert.deepEqual(await told('{ "windows": [] }'), [0, 'service', 1])
  assert.deepEqual(await told('{ "windows": [] }', '--url', url), [0, 'service', 0])
  assert.deepEqual(await told('{}'), [0, 'service', 0])
  assert.deepEqual(await told('{ "windows"'), [0, 'service', 1])
})

test('neither a service nor a project ends with 2', async (t) => {
  const at = folder(t, { 'package.json': '{ "name": ' })
  const { code, stderr } = await ending([MAIN, 'doctor'], { cwd: at('.'), env: QUIET })
  assert.equal(code, 2)
  assert.match(stderr, /Expected .*package\.json to be readable JSON.*\[YS_PROJECT\]/)
})
