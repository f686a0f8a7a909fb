import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Section } from '../../../src/cli/validation/check.ts'
import { renderSection, renderSum } from '../../../src/cli/validation/checklist.ts'
import { busy } from '../answers.ts'
import { ending } from '../ending.ts'
import { MAIN } from '../fixture/main.ts'
import { folder } from '../folder.ts'
import { golden } from '../golden.ts'
import { recorded, service } from '../service.ts'

test('this very installation passes every check', async (t) => {
  const at = folder(t, { 'package.json': '{ "name": "mine" }' })
  const { code, stdout, stderr } = await ending([MAIN, 'validate'], { cwd: at('.') })
  assert.equal(stderr, '')
  assert.doesNotMatch(stdout, /✗/)
  assert.match(stdout, /✓ requests counted exactly.*: 46\n/)
  assert.match(stdout, /✓ database is graded F and missed/)
  assert.match(stdout, /\nWhat can be measured\n.*· authentication can be measured by: jsonwebtoken,/s)
  assert.match(stdout, /\nAll \d\d checks passed\.\n$/)
  assert.equal(code, 0)
})

test('a failed check ends with 1', async (t) => {
  const at = folder(t, { 'yardstick.config.json': '{ "port": "x" }' })
  const { code, stdout } = await ending([MAIN, 'validate'], { cwd: at('.') })
  assert.equal(code, 1)
  assert.match(
    stdout,
    /✗ the configuration is valid: The configuration has a problem\.\n.*\n {6}port: expected a port/,
  )
  const [, told] = /\n( {2}✗ the configuration is valid: (?:.*\n {4})*.*\n)/.exec(stdout)!
  assert.match(stdout, /\n1 of \d\d checks failed:\n/)
  assert.ok(stdout.endsWith(` checks failed:\n${told}`), 'what failed is told once more at the end')
})

test('--config names the file to check, and belongs to no service that runs', async (t) => {
  const at = folder(t, { 'yardstick.config.json': '{}', 'next.json': '{ "port": "x" }' })
  const { code, stdout } = await ending([MAIN, 'validate', '--config', 'next.json'], { cwd: at('.') })
  assert.equal(code, 1)
  assert.match(stdout, /✗ the configuration is valid: .*\n +In .*next\.json:\n +port: expected a port/)
  const both = ['--config', 'next.json', '--url', 'http://127.0.0.1:1']
  const { code: refused, stderr } = await ending([MAIN, 'validate', ...both], { cwd: at('.') })
  assert.equal(refused, 2)
  assert.match(stderr, /'--config <file>' cannot be used with option '--url <url>'/)
})

test('with --url it reads a running service, and fails on answers that are not as they should be', async (t) => {
  const { url, close, asked } = await service(recorded(busy))
  t.after(close)
  const { code, stdout } = await ending([MAIN, 'validate', '--url', url], {
    env: { YARDSTICK_TOKEN: 'secret' },
  })
  // The recorded service stands still, and holds only what a card needs.
  assert.equal(code, 1)
  assert.match(stdout, /✗ it makes new figures every second: none in 5 s/)
  assert.match(stdout, /✗ self answers, and as its schema says: /)
  assert.match(stdout, /✓ database is measured: 48211 operations in 2 series/)
  assert.match(stdout, /· authorization is not measured: [^·]*casbin,[^·]*trackAuthorization\(/)
  for (const { method, headers } of asked)
    assert.deepEqual([method, headers.authorization], ['GET', 'Bearer secret'])
})

test('with --url where nothing answers it ends with 2', async () => {
  const { url, close } = await service(recorded(busy))
  await close()
  const { code, stdout, stderr } = await ending([MAIN, 'validate', '--url', url])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /nothing listens there.*\[YS_API_UNREACHABLE\]/)
})

test('with --url on a service that dies meanwhile, it says so once, and ends with 1', async (t) => {
  let cycle = 0
  const answers = recorded(busy)
  const dying = await service((request) => {
    if (request.url!.endsWith('/self')) return { body: { ...(busy.self as object), cycle: cycle++ } }
    void dying.close()
    return answers(request)
  })
  t.after(() => dying.close().catch(() => {}))
  const { code, stdout, stderr } = await ending([MAIN, 'validate', '--url', dying.url])
  const [, section, sum] = /\nThe API\n(.*)\n\n\d+ of \d+ checks failed:\n(.*)/s.exec(stdout)!
  for (const text of [section!, sum!]) {
    assert.equal(text.match(/nothing\s+listens\s+there/g)?.length, 1, stdout)
  }
  assert.match(section!, /report,[^:]* and \S+\s+answer,\s+and\s+as\s+their\s+schemas\s+say:/)
  assert.deepEqual([code, stderr], [1, ''])
})

test('the checklist as it is printed', () => {
  const sections: readonly Section[] = [
    {
      title: 'Known requests',
      checks: [
        { what: 'all was well', outcome: 'passed', detail: '' },
        {
          what: 'figures',
          outcome: 'failed',
          detail: 'expected 46, got 45, and a reason that goes on for longer',
        },
        { what: 'something to know', outcome: 'noted', detail: 'this' },
      ],
    },
  ]
  const paper = { width: 50, color: false }
  golden('validate/checklist.txt', `${renderSection(sections[0]!, paper)}${renderSum(sections, paper)}`)
  assert.match(renderSum([{ title: '', checks: [sections[0]!.checks[0]!] }], paper), /^All 1 checks passed/)
})
