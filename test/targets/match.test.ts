import assert from 'node:assert/strict'
import { test } from 'node:test'
import { match } from '../../src/targets/match.ts'
import type { Target } from '../../src/targets/target.ts'
import { byDefault } from './operations.ts'

function request(series: string | undefined, except: readonly string[] = []): (name: string) => boolean {
  const target: Target = { ...byDefault('request'), ...(series === undefined ? {} : { series }), except }
  const covers = match(target)
  return (name) => covers('request', name)
}

test('a target without series covers its whole component and nothing else', () => {
  const covers = match(byDefault('request'))
  assert.equal(covers('request', 'GET /'), true)
  assert.equal(covers('request', '(other)'), true)
  assert.equal(covers('database', 'GET /'), false)
})

test('a name covers itself, and regular-expression characters mean nothing', () => {
  assert.equal(request('GET /users/:id')('GET /users/:id'), true)
  assert.equal(request('GET /users/:id')('GET /users/:id/posts'), false)
  assert.equal(request('GET /a.c')('GET /abc'), false)
  assert.equal(request('GET /[ab]+(c)?')('GET /[ab]+(c)?'), true)
  assert.equal(request('(other)')('(other)'), true)
})

test('* stays within a path segment, ** goes across', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['GET /users/*', 'GET /users/:id', true],
    ['GET /users/*', 'GET /users/', true],
    ['GET /users/*', 'GET /users/:id/posts', false],
    ['GET /users/*/posts', 'GET /users/:id/posts', true],
    ['GET /users/**', 'GET /users/:id/posts', true],
    ['GET /users/**', 'GET /users', true],
    ['GET /users/**', 'GET /users2', false],
    ['GET /**', 'GET /', true],
    ['* /admin/**', 'DELETE /admin/users/:id', true],
    ['**/posts', 'GET /users/:id/posts', true],
    ['**', 'anything at all/whatever', true],
    ['user_*', 'user_lookup', true],
    ['*_lookup', 'user_lookup', true],
    ['user_*', 'order_lookup', false],
    ['GET /static/*', 'GET /static/*', true],
    ['GET /**/:id', 'GET /a/b/c/:id', true],
    ['GET /**/:id', 'GET /a/b/c/id', false],
  ]
  for (const [pattern, name, covered] of cases) {
    assert.equal(request(pattern)(name), covered, `${pattern} over ${name}`)
  }
})

test('except leaves out names and patterns', () => {
  const covers = request('GET /**', ['GET /health', 'GET /admin/**'])
  assert.equal(covers('GET /users'), true)
  assert.equal(covers('GET /health'), false)
  assert.equal(covers('GET /admin/users/:id'), false)
  assert.equal(covers('GET /admin'), false)
})

test('a pattern made to backtrack takes no longer than its length times the name', () => {
  // A backtracking matcher needs more steps for this than there are atoms; this one about 10⁵.
  const covers = request(`${'*a'.repeat(50)}b`)
  assert.equal(covers('a'.repeat(200)), false)
  assert.equal(request(`${'**a'.repeat(60)}b`)(`${'a'.repeat(199)}b`), true)
})
