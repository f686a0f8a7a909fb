import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { startScript } from '../../src/cli/init/start-script.ts'
import { loadSettings } from '../../src/config/load.ts'
import { defaultTargets } from '../../src/targets/defaults.ts'
import { ending } from './ending.ts'
import { MAIN } from './fixture/main.ts'
import { folder } from './folder.ts'
import { golden } from './golden.ts'
import { NO_TERMINAL, onTerminal } from './terminal.ts'

const MANIFEST = `{
    "name": "shop",
    "type": "module",
    "start": "not this one",
    "scripts": {"test": "node --test",   "start": "NODE_ENV=production node --inspect server.js --port 80"},
    "dependencies": { "express": "^5", "yardstick": "^0.1.0" }
}
`

test('--dry-run shows what it would change, and changes nothing', async (t) => {
  const at = folder(t, { 'package.json': MANIFEST, '.gitignore': 'node_modules' })
  const { code, stdout, stderr } = await ending([MAIN, 'init', '--dry-run'], { cwd: at('.') })
  assert.deepEqual([code, stderr], [0, ''])
  golden('init/plan.txt', stdout.replace(at('.'), '/srv/shop'))
  assert.equal(readFileSync(at('package.json'), 'utf8'), MANIFEST)
  assert.deepEqual(readdirSync(at('.')).sort(), ['.gitignore', 'package.json'])
})

test('--yes makes the changes, and nothing but them; a second time there is nothing to do', async (t) => {
  const at = folder(t, { 'package.json': MANIFEST, '.gitignore': 'node_modules' })
  const first = await ending([MAIN, 'init', '--yes'], { cwd: at('.') })
  assert.deepEqual([first.code, first.stderr], [0, ''])
  assert.match(first.stdout, /\nDone\.\n\nNext: npm start\n/)
  assert.equal(
    readFileSync(at('package.json'), 'utf8'),
    MANIFEST.replace('node --inspect', 'yardstick run --inspect'),
  )
  assert.equal(readFileSync(at('.gitignore'), 'utf8'), 'node_modules\n.yardstick/\n')
  golden('init/yardstick.config.txt', readFileSync(at('yardstick.config.ts'), 'utf8'))

  const second = await ending([MAIN, 'init', '--yes'], { cwd: at('.') })
  assert.equal(second.code, 0)
  assert.match(second.stdout, /Nothing has to be changed\.\n$/)
  assert.doesNotMatch(second.stdout, / \(new\)|\n {2}[-+] /)
})

test('a package of CommonJS gets a configuration that Node.js reads there, and is told how to start', async (t) => {
  for (const type of ['"type": "commonjs",', '']) {
    const at = folder(t, { 'package.json': `{ "name": "shop", ${type} "main": "index.js" }` })
    const { stdout } = await ending([MAIN, 'init', '--yes'], { cwd: at('.') })
    assert.match(stdout, /\n\nNext: npx yardstick run index\.js\n/)
    assert.deepEqual(
      readdirSync(at('.')).filter((name) => name.startsWith('yardstick.config')),
      ['yardstick.config.mts'],
    )
  }
})

test('without a start script the advice names the script that is there, not the main that npm init made up', async (t) => {
  for (const [files, script] of [
    [{ 'server.js': '' }, 'server.js'],
    [{ 'src/index.ts': '', 'src/util.ts': '' }, 'src/index.ts'],
    [{ 'lib/shop.js': '', 'app.js': '', 'package.json': '{ "main": "lib/shop.js" }' }, 'lib/shop.js'],
    [{ 'package.json': '{}' }, 'app.js'],
  ] as const) {
    const at = folder(t, { 'package.json': '{ "main": "index.js" }', ...files })
    const { stdout } = await ending([MAIN, 'init', '--yes'], { cwd: at('.') })
    assert.ok(stdout.includes(`start the application with "yardstick run ${script}"\n`), script)
    assert.ok(stdout.includes(`\nNext: npx yardstick run ${script}\n`), script)
  }
})

test('the configuration that it writes holds exactly the targets of the requirements', async (t) => {
  const config = readFileSync('test/golden/init/yardstick.config.txt', 'utf8')
  const plain = config.replace(/^import .*$/m, 'const defineConfig = (config) => config')
  const at = folder(t, { 'package.json': '{}' })
  const { config: written } = (await import(`data:text/javascript,${encodeURIComponent(plain)}`)) as {
    readonly config: object
  }
  const options = { ...written, defaults: false }
  const { targets } = await loadSettings({ directory: at('.'), environment: {}, options })
  assert.deepEqual(targets, defaultTargets)
})

test('a configuration that is there is left alone, whatever its form', async (t) => {
  const at = folder(t, { 'package.json': MANIFEST, 'yardstick.config.mjs': 'export const config = {}' })
  const { stdout } = await ending([MAIN, 'init', '--yes'], { cwd: at('.') })
  assert.match(stdout, /✓ yardstick\.config\.mjs is there\n/)
  assert.equal(existsSync(at('yardstick.config.ts')), false)
  assert.equal(readFileSync(at('yardstick.config.mjs'), 'utf8'), 'export const config = {}')
  // Neither git nor a .gitignore: nothing to leave the figures out of.
  assert.equal(existsSync(at('.gitignore')), false)
})

test('what is installed and recorded without code is named, and what nobody has tried', async (t) => {
  const at = folder(t, {
    'package.json': MANIFEST,
    'node_modules/pg/package.json': '{ "name": "pg", "version": "8.23.1" }',
    'node_modules/casbin/package.json': '{ "name": "casbin", "version": "9.0.0" }',
    'node_modules/left-pad/package.json': '{ "name": "left-pad", "version": "1.0.0" }',
  })
  const { stdout } = await ending([MAIN, 'init', '--dry-run'], { cwd: at('.') })
  assert.match(stdout, /✓ recorded without code, of Node\.js itself: .*fetch.*node:crypto.*node:sqlite\n/)
  assert.match(stdout, /✓ recorded without code: pg 8\.23\.1\n/)
  assert.match(stdout, /· nobody has tried casbin 9\.0\.0: "yardstick doctor" says/)
})

const LEFT = 'is left alone and starts unmeasured; to measure there, too,'

test('scripts for development are named, and left alone', async (t) => {
  const scripts = {
    start: 'yardstick run server.js',
    dev: 'node --watch src/server.ts',
    'dev:api': 'NODE_ENV=development tsx watch src/api.ts',
    'start:dev': 'tsc --watch & nodemon dist/server.js',
    serve: 'npm start',
    'dev:page': 'vite',
    'start:measured': 'yardstick run --watch server.js',
    lint: 'node lint.js',
  }
  const at = folder(t, { 'package.json': JSON.stringify({ name: 'shop', scripts }) })
  const { stdout } = await ending([MAIN, 'init', '--yes'], { cwd: at('.') })
  assert.deepEqual(
    [...stdout.matchAll(/· the script (.*)$/gm)].map(([, text]) => text!),
    [
      `"dev" ${LEFT} make it: yardstick run --watch src/server.ts`,
      `"dev:api" ${LEFT} make it: NODE_ENV=development yardstick run tsx watch src/api.ts`,
      `"start:dev" ${LEFT} put "yardstick run" before what it starts`,
    ],
  )
  assert.deepEqual(JSON.parse(readFileSync(at('package.json'), 'utf8')), { name: 'shop', scripts })
})

test('what it cannot do is told: no start script, no dependency', async (t) => {
  const at = folder(t, { 'package.json': '{ "main": "lib/server.js" }' })
  const { code, stdout } = await ending([MAIN, 'init', '--dry-run'], { cwd: at('.') })
  assert.equal(code, 0)
  assert.match(stdout, /· yardstick is no dependency, .*: npm install yardstick\n/)
  assert.match(
    stdout,
    /· there is no start script: start the application with "yardstick run lib\/server\.js"\n/,
  )
})

test('a workspace is told of no dependency that its root has', async (t) => {
  const shop = '{ "name": "shop", "scripts": { "start": "node server.js" } }'
  for (const [root, missing] of [
    ['{ "dependencies": { "yardstick": "1" } }', false],
    ['{ "devDependencies": { "yardstick": "1" } }', true],
    ['not JSON', true],
  ] as const) {
    const at = folder(t, { 'package.json': root, 'packages/shop/package.json': shop })
    const { stdout } = await ending([MAIN, 'init', '--dry-run'], { cwd: at('packages/shop') })
    assert.equal(/yardstick is no dependency/.test(stdout), missing, root)
  }
})

test('without anybody to ask nothing is changed', async (t) => {
  const at = folder(t, { 'package.json': MANIFEST })
  const { code, stdout } = await ending([MAIN, 'init'], { cwd: at('.') })
  assert.equal(code, 0)
  assert.match(
    stdout,
    /Nothing was changed: there is nobody to ask\. "yardstick init --yes" makes the changes\.\n$/,
  )
  assert.equal(readFileSync(at('package.json'), 'utf8'), MANIFEST)
})

test('without a package.json it ends with 2', async (t) => {
  const at = folder(t, { 'package.json': '[]' })
  const { code, stderr } = await ending([MAIN, 'init'], { cwd: at('.') })
  assert.equal(code, 2)
  assert.match(stderr, /it holds no object.*\[YS_PROJECT\]/)
})

for (const [key, changed] of [
  ['y\n', true],
  ['n\n', false],
  ['\n', false],
  ['\u0004', false],
] as const) {
  test(`on a terminal it asks, and ${JSON.stringify(key)} ${changed ? 'does it' : 'does not'}`, {
    skip: NO_TERMINAL,
  }, async (t) => {
    const at = folder(t, { 'package.json': MANIFEST })
    const words = ['sh', '-c', 'cd "$0" && "$1" "$2" init', at('.'), process.execPath, MAIN]
    const said = await onTerminal(words, '[y/N]', key)
    assert.match(said, changed ? /Done\.[\s\S]*\[0\]/ : /Nothing was changed\.[\s\S]*\[0\]/)
    assert.equal(readFileSync(at('package.json'), 'utf8') === MANIFEST, !changed)
  })
}

test('start scripts', () => {
  const CURE = ': put "yardstick run" before what it starts'
  const made = (command: string): string => {
    const script = startScript(command)
    return script.kind === 'changed'
      ? script.command
      : script.kind === 'left'
        ? `left: ${script.why}: ${script.cure}`
        : 'kept'
  }
  assert.deepEqual(
    [
      'node server.js',
      'node',
      'node --enable-source-maps dist/main.js --verbose',
      'cross-env NODE_ENV=production A="b c" node .',
      'exec node server.js',
      'PORT=80 exec next start',
      'next start',
      'bun app.ts',
      'npx pm2 start app.js',
      'constructor',
      'nodemon app.js',
      'tsc && node dist/app.js',
      'node app.js | pino-pretty',
      'yardstick run app.js',
      'node --import yardstick/register app.js',
      '',
    ].map(made),
    [
      'yardstick run server.js',
      `left: it starts Node.js without a script${CURE}`,
      'yardstick run --enable-source-maps dist/main.js --verbose',
      'cross-env NODE_ENV=production A="b c" yardstick run .',
      'exec yardstick run server.js',
      'PORT=80 exec yardstick run next start',
      'yardstick run next start',
      'left: Bun does not load what Node.js preloads: start it with Node.js: "yardstick run app.ts"',
      'left: PM2 starts it from a daemon, which may run already: start it with "pm2 start --node-args=--require=yardstick/register"',
      'yardstick run constructor',
      'yardstick run nodemon app.js',
      `left: it runs several commands${CURE}`,
      `left: it runs several commands${CURE}`,
      'kept',
      'kept',
      `left: it runs nothing${CURE}`,
    ],
  )
})
