import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { readCommandLine, VALUE_FLAGS } from '../../src/cli/command-line.ts'

const OWN = ['--port', '--config']

test('the words after the app are its own, whatever they look like', () => {
  assert.deepEqual(readCommandLine(['app.js', '--port', '1', '--', '-v'], OWN), {
    nodeFlags: [],
    app: 'app.js',
    args: ['--port', '1', '--', '-v'],
  })
})

test("Node's flags before the app go to Node, with a value in the next word where Node takes one", () => {
  assert.deepEqual(
    readCommandLine(['--inspect', '-r', './a.cjs', '--title=x', '--env-file', '.env', 'app.js', 'y'], OWN),
    {
      nodeFlags: ['--inspect', '-r', './a.cjs', '--title=x', '--env-file', '.env'],
      app: 'app.js',
      args: ['y'],
    },
  )
})

test('-- may stand before the app', () => {
  assert.deepEqual(readCommandLine(['--inspect', '--', 'app.js'], OWN).app, 'app.js')
  assert.deepEqual(readCommandLine(['--', 'npm', 'start'], OWN), {
    nodeFlags: [],
    app: 'npm',
    args: ['start'],
  })
})

test('an own option after one of Node is refused, with the cure', () => {
  assert.throws(() => readCommandLine(['--inspect', '--port=9800', 'app.js'], OWN), {
    code: 'YS_RUN_OPTION',
    message: /--port=9800 is an option of yardstick run but stands after --inspect.*Put it first/,
  })
})

test('without an app it says what is missing', () => {
  assert.throws(() => readCommandLine([], OWN), { code: 'YS_RUN_ENTRY', message: /yardstick run app\.js/ })
  assert.throws(() => readCommandLine(['--test'], OWN), {
    code: 'YS_RUN_ENTRY',
    message: /yardstick run node --test/,
  })
})

test('every flag held to take a value does, by the help of this Node', () => {
  const help = execFileSync(process.execPath, ['--help'], { encoding: 'utf8' })
  const takers = [...help.matchAll(/^ {2}(-[^=[\n]*)=/gm)].flatMap(([, names]) => names!.split(', '))
  assert.ok(takers.length > 40, 'the help could not be read')
  assert.deepEqual(
    [...VALUE_FLAGS].filter((flag) => !takers.includes(flag)),
    [],
  )
})
