import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { meantBy } from '../../src/cli/misspelt-flags.ts'
import { VARIABLES } from '../../src/config/environment.ts'
import { ending, start } from './ending.ts'
import { MAIN, RUN } from './fixture/main.ts'
import { folder } from './folder.ts'
import { NO_TERMINAL, onTerminal } from './terminal.ts'

const PRELOAD = 'globalThis.preloads = (globalThis.preloads ?? 0) + 1'
const FILES = { 'preload.cjs': PRELOAD }

for (const way of ['become', 'accompany']) {
  const run = (at: (name: string) => string, ...words: readonly string[]): string[] => [
    RUN,
    at('preload.cjs'),
    way,
    ...words,
  ]

  test(`${way}: the app gets preload, arguments, folder and environment, and its exit code is ours`, async (t) => {
    const at = folder(t, {
      ...FILES,
      'my app.js': `
        const { argv, argv0, env, execPath, pid } = process
        console.log(JSON.stringify({ preloads, args: argv.slice(2), argv0, mine: env.MINE, execPath, pid, cwd: process.cwd() }))
        process.exitCode = 7`,
    })
    const words = run(at, 'my app.js', '--port', 'a b', '', '--', '-x')
    const { code, stdout, stderr, pid } = await ending(words, { cwd: at('.'), env: { MINE: 'kept' } })
    assert.equal(stderr, '')
    assert.equal(code, 7)
    const app = JSON.parse(stdout)
    assert.deepEqual(app.args, ['--port', 'a b', '', '--', '-x'])
    assert.deepEqual([app.preloads, app.mine, app.execPath], [1, 'kept', process.execPath])
    assert.equal(app.cwd, at('.'))
    assert.equal(app.pid === pid, way === 'become')
  })

  test(`${way}: bytes pass through stdin and stdout untouched, and stderr stays apart`, async (t) => {
    const at = folder(t, {
      ...FILES,
      'cat.js': 'process.stdin.pipe(process.stdout); process.stdin.on("end", () => console.error("done"))',
    })
    const input = `${'x'.repeat(300_000)}\0\u00ff\n`
    const { stdout, stderr, code } = await ending(run(at, at('cat.js')), { input })
    assert.equal(stdout, input)
    assert.equal(stderr, 'done\n')
    assert.equal(code, 0)
  })

  test(`${way}: the app's stdio is as Node alone would have it`, {
    skip: process.platform !== 'linux',
  }, async (t) => {
    const at = folder(t, {
      ...FILES,
      'flags.js': `const { readFileSync } = require('node:fs')
        for (const fd of [0, 1, 2]) console.log(/flags:.*/.exec(readFileSync('/proc/self/fdinfo/' + fd, 'utf8'))[0])
        console.log(readFileSync('/proc/self/status', 'utf8').match(/Sig(Ign|Blk):.*/g).join())`,
    })
    const [bare, ours] = await Promise.all([ending([at('flags.js')]), ending(run(at, at('flags.js')))])
    assert.match(bare.stdout, /flags:.*SigIgn:/s)
    assert.equal(ours.stdout, bare.stdout)
  })

  test(`${way}: a signal reaches the app, which may end in its own way`, async (t) => {
    const at = folder(t, {
      ...FILES,
      'graceful.js': `setInterval(() => {}, 1000)
        process.on('SIGTERM', () => { console.log('closing'); process.exit(3) })
        process.on('SIGINT', () => console.log('interrupted'))
        console.log('ready')`,
    })
    const running = start(run(at, at('graceful.js')))
    await running.said('ready')
    running.kill('SIGINT')
    await running.said('interrupted')
    running.kill('SIGTERM')
    const { code, stdout } = await running.end
    assert.deepEqual([code, stdout], [3, 'ready\ninterrupted\nclosing\n'])
  })

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const) {
    test(`${way}: an app that does not handle ${signal} dies by it, and so do we`, async (t) => {
      const at = folder(t, { ...FILES, 'deaf.js': 'setInterval(() => {}, 1000); console.log("ready")' })
      const running = start(run(at, at('deaf.js')))
      await running.said('ready')
      running.kill(signal)
      const end = await running.end
      assert.deepEqual([end.code, end.signal], [null, signal])
    })
  }

  test(`${way}: an app that kills itself outright is seen to be killed`, async (t) => {
    const at = folder(t, {
      ...FILES,
      'kill.js': 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)',
    })
    const end = await ending(run(at, at('kill.js')))
    assert.deepEqual([end.code, end.signal], [null, 'SIGKILL'])
  })

  test(`${way}: workers and child processes have the preload, and NODE_OPTIONS of the user stays`, async (t) => {
    const at = folder(t, {
      ...FILES,
      'theirs.cjs': 'globalThis.theirs = true',
      'child.js': 'console.log("child", preloads, theirs)',
      'worker.js': 'require("node:worker_threads").parentPort.postMessage([preloads, theirs])',
      'app.js': `
        const { Worker } = require('node:worker_threads')
        const { execFileSync, fork } = require('node:child_process')
        console.log(execFileSync(process.execPath, [__dirname + '/child.js'], { encoding: 'utf8' }).trim())
        const say = (what) => (message) => console.log(what, ...message)
        new Worker(__dirname + '/worker.js').on('message', say('worker'))
          .on('exit', () => new Worker("require('node:worker_threads').parentPort.postMessage([preloads, theirs])", { eval: true })
            .on('message', say('eval'))
            .on('exit', () => fork(__dirname + '/child.js')))`,
    })
    const env = { NODE_OPTIONS: `--require ./theirs.cjs` }
    const { stdout, stderr } = await ending(run(at, 'app.js'), { cwd: at('.'), env })
    assert.equal(stderr, '')
    assert.equal(stdout, 'child 1 true\nworker 1 true\neval 1 true\nchild 1 true\n')
  })

  test(`${way}: TypeScript entry points, folders, and flags for Node`, async (t) => {
    const at = folder(t, {
      ...FILES,
      'app.ts': 'const n: number = preloads; console.log("ts", n, process.execArgv.join())',
      'lib/index.js': 'console.log("folder", preloads)',
    })
    const ts = await ending(run(at, '--stack-trace-limit=3', '--title', 'x', 'app.ts'), { cwd: at('.') })
    assert.equal(ts.stdout, 'ts 1 --stack-trace-limit=3,--title,x\n')
    assert.equal((await ending(run(at, './lib'), { cwd: at('.') })).stdout, 'folder 1\n')
  })

  test(`${way}: a program on PATH runs with the preload in the Node it starts`, async (t) => {
    const at = folder(t, {
      ...FILES,
      'bin/tool*':
        '#!/usr/bin/env node\nconsole.log("tool", preloads, ...process.argv.slice(2)); process.exitCode = 4',
      'bin/shell*': '#!/bin/sh\nnode -p "\'shell \' + preloads"; exit 5',
    })
    const env = { PATH: `${at('bin')}:${process.env.PATH}` }
    const tool = await ending(run(at, 'tool', '--flag'), { env })
    assert.deepEqual([tool.code, tool.stdout, tool.stderr], [4, 'tool 1 --flag\n', ''])
    const shell = await ending(run(at, 'shell'), { env })
    assert.deepEqual([shell.code, shell.stdout, shell.stderr], [5, 'shell 1\n', ''])
  })
}

test('a program that is not Node does not inherit that Node ignores SIGPIPE', {
  skip: process.platform === 'win32',
}, async (t) => {
  const at = folder(t, { ...FILES, 'pipe.sh*': '#!/bin/sh\nyes | head -n 1\n' })
  const { stdout, stderr } = await ending([RUN, at('preload.cjs'), 'become', at('pipe.sh')])
  assert.deepEqual([stdout, stderr], ['y\n', ''])
})

test('with a terminal, Ctrl-C reaches an accompanied app once, not twice', {
  skip: NO_TERMINAL,
}, async (t) => {
  const at = folder(t, {
    ...FILES,
    'count.js': `let seen = 0
      process.on('SIGINT', () => { if (seen++ === 0) setTimeout(() => { console.log('seen ' + seen); process.exit() }, 300) })
      console.log('ready')
      setInterval(() => {}, 1000)`,
  })
  const words = [process.execPath, RUN, at('preload.cjs'), 'accompany', at('count.js')]
  const seen = await onTerminal(words, 'ready', '\x03')
  assert.match(seen, /seen 1\r?\n/)
})

test('starting an app loads nothing that only other commands need', async (t) => {
  const at = folder(t, {
    'spy.cjs': `const loaded = []
      require('node:module').registerHooks({
        resolve: (name, context, next) => {
          const found = next(name, context)
          loaded.push(found.url)
          return found
        },
      })
      process.execve = () => { console.log(JSON.stringify(loaded)); process.exit() }`,
    'app.js': '',
  })
  const { stdout, stderr } = await ending(['--require', at('spy.cjs'), MAIN, 'run', at('app.js')])
  assert.equal(stderr, '')
  const loaded: readonly string[] = JSON.parse(stdout)
  assert.ok(loaded.some((url) => url.includes('/commander/')))
  const others = /\/(zod|hono|@hono)\/|node:(http|sqlite|worker)|\/src\/(api|config|engine|stores)\//
  assert.deepEqual(
    loaded.filter((url) => others.test(url)),
    [],
  )
  const ours = /\/cli\/(card|validation|screen|api-client|run-top)/
  assert.deepEqual(
    loaded.filter((url) => ours.test(url)),
    [],
  )
})

test('messages of a parent process reach the app, and its own the parent', async (t) => {
  const at = folder(t, {
    ...FILES,
    'echo.js': `process.on('message', (message) => {
      if (message === 'end') process.send('last words', () => process.exit(3))
      else process.send({ preloads, message })
    })
    process.send('ready')`,
  })
  const parent = fork(RUN, [at('preload.cjs'), 'become', at('echo.js')], { execArgv: [] })
  assert.deepEqual(await once(parent, 'message'), ['ready', undefined])
  parent.send({ hello: 'there' })
  assert.deepEqual(await once(parent, 'message'), [{ preloads: 1, message: { hello: 'there' } }, undefined])
  parent.send('end')
  const exit = once(parent, 'exit')
  assert.deepEqual(await once(parent, 'message'), ['last words', undefined])
  assert.deepEqual(await exit, [3, null])
})

const USAGE: readonly (readonly [what: string, words: readonly string[], expected: RegExp])[] = [
  ['no app', [], /^yardstick: missing required argument 'app'\nTry: yardstick run --help\n$/],
  [
    'an app that is not there',
    ['nope.js'],
    /^yardstick: .*found neither by the name "nope\.js" in .* \[YS_RUN_ENTRY\]\n$/,
  ],
  [
    'a mistyped option',
    ['--prot', '9', 'app.js'],
    /neither by the name "9".*--prot before it was taken for flags of Node\. Did you mean --port\?\)/,
  ],
  [
    'a mistyped option before a program',
    ['--prot=9', 'npm', 'start'],
    /--prot=9: flags for Node need a script after them.* Did you mean --port\?/,
  ],
  [
    'a mistyped option with its value before a script',
    ['--prot=9', MAIN],
    /--prot=9: Node\.js v\d.* refuses such a flag\. Did you mean --port\? \[YS_RUN_OPTION\]\n$/,
  ],
  [
    'what a variable sets',
    ['--host', '0.0.0.0', 'app.js'],
    /--host before it was taken for flags of Node\. --host is no option .*: set YARDSTICK_HOST, or say it in/,
  ],
  [
    'a flag of Node that is near an option',
    ['--import', 'x.js', 'nope.js'],
    /--import x\.js before it was taken for flags of Node\.\)/,
  ],
  ['a port that is none', ['--port', '70000', 'app.js'], /Expected a number from 0 to 65535/],
  [
    'a configuration that is not there',
    ['--config', 'nope.json', MAIN],
    /--config: expected a file, found none at .*nope\.json/,
  ],
  [
    'flags for Node before a program',
    ['--inspect', 'sh'],
    /--inspect: flags for Node need a script.*NODE_OPTIONS/,
  ],
]
for (const [what, words, expected] of USAGE) {
  test(`${what} ends with 2 and a sentence`, async () => {
    const { code, stdout, stderr } = await ending([MAIN, 'run', ...words])
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, expected)
  })
}

test('a choice that there is not ends with 2 before anything is started, with the list', async (t) => {
  const at = folder(t, { 'app.js': "console.log('started')" })
  const { code, stdout, stderr } = await ending([MAIN, 'run', '--headers', 'some', at('app.js')])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /--headers.*'some' is invalid\. Allowed choices are none, all\./)
})

test('--service reaches the application under a name that wins over its configuration', async (t) => {
  const at = folder(t, { 'app.js': 'console.log(process.env.YARDSTICK_RUN_SERVICE)' })
  const { code, stdout } = await ending([MAIN, 'run', '--service', 'flag', at('app.js')])
  assert.deepEqual([code, stdout], [0, 'flag\n'])
})

test('whatever a variable sets is said to be set by it, however near an option its name is', async () => {
  for (const variable of Object.keys(VARIABLES)) {
    const flag = `--${variable.replace('YARDSTICK_', '').replaceAll('_', '-').toLowerCase()}`
    assert.match(await meantBy([`${flag}=x`], [`${flag}s`]), new RegExp(`set ${variable},`))
  }
})

test('a flag of V8 that is near an option is given to Node', async (t) => {
  const at = folder(t, { 'app.js': 'console.log(process.execArgv.at(-1))' })
  assert.match(await meantBy(['--no-opt'], ['--no-port']), /Did you mean --no-port\?/)
  const { code, stdout } = await ending([MAIN, 'run', '--no-opt', at('app.js')])
  assert.deepEqual([code, stdout], [0, '--no-opt\n'])
})
