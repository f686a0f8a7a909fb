import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withPreload } from '../../src/cli/node-options.ts'
import { ending } from './ending.ts'
import { folder } from './folder.ts'

test('Node loads a preload whose path has spaces, quotes and backslashes, and keeps the other options', async (t) => {
  const at = folder(t, {
    'ours.cjs': 'globalThis.order = ["ours"]',
    'theirs.cjs': 'globalThis.order.push("theirs")',
  })
  const theirs = withPreload(at('theirs.cjs'), '--no-warnings')
  const env = { NODE_OPTIONS: withPreload(at('ours.cjs'), theirs) }
  const { stdout, stderr } = await ending(['-p', 'JSON.stringify(order) + process.noProcessWarnings'], {
    env,
  })
  assert.equal(stderr, '')
  assert.match(stdout, /^\["ours","theirs"\]/)
  assert.ok(env.NODE_OPTIONS.endsWith(' --no-warnings'))
})

test('a plain path stays bare, for programs that split NODE_OPTIONS at spaces only', () => {
  assert.equal(withPreload('/srv/app/register.cjs', undefined), '--require /srv/app/register.cjs')
  assert.equal(withPreload('/srv/app/register.cjs', '  '), '--require /srv/app/register.cjs')
})

test('a preload that is there already is not added again', () => {
  const once = withPreload('/srv/my app/register.cjs', '--inspect')
  assert.equal(withPreload('/srv/my app/register.cjs', once), once)
})

test('a longer path that begins alike is another preload', () => {
  const other = withPreload('/srv/register.cjs.backup', undefined)
  assert.equal(withPreload('/srv/register.cjs', other), `--require /srv/register.cjs ${other}`)
})
