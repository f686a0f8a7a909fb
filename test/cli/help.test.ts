import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ending } from './ending.ts'
import { MAIN } from './fixture/main.ts'
import { golden } from './golden.ts'

const PAGES: Readonly<Record<string, readonly string[]>> = {
  yardstick: [],
  alerts: ['alerts'],
  replay: ['replay'],
  init: ['init'],
  run: ['run'],
  silences: ['silences'],
  store: ['store'],
  top: ['top'],
  validate: ['validate'],
  doctor: ['doctor'],
  why: ['why'],
}

for (const [name, words] of Object.entries(PAGES)) {
  test(`the help of ${name}`, async () => {
    const { code, stdout, stderr } = await ending([MAIN, ...words, '--help'])
    assert.deepEqual([code, stderr], [0, ''])
    golden(`help/${name}.txt`, stdout)
    assert.equal(
      Math.max(...stdout.split('\n').map((line) => line.length)) <= 80,
      true,
      'wider than a usual terminal',
    )
  })
}

test('every command has a page of help here', () => {
  const commands = [
    ...readFileSync(new URL('../golden/help/yardstick.txt', import.meta.url), 'utf8').matchAll(
      /^ {2}([a-z]+)(?: \[| {2})/gm,
    ),
  ]
  assert.deepEqual(
    commands
      .map(([, name]) => name)
      .filter((name) => name !== 'help')
      .sort(),
    Object.keys(PAGES).slice(1).sort(),
  )
})

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  assert.equal((await ending([MAIN, '--version'])).stdout, `${version}\n`)
})

test('no command, or one that does not exist, ends with 2', async () => {
  const none = await ending([MAIN])
  assert.equal(none.code, 2)
  assert.match(none.stderr, /^Usage: yardstick/)
  const unknown = await ending([MAIN, 'tpo'])
  assert.deepEqual(
    [unknown.code, unknown.stderr],
    [2, "yardstick: unknown command 'tpo'\n(Did you mean top?)\nTry: yardstick --help\n"],
  )
})
