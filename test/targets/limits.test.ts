import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultTargets } from '../../src/targets/defaults.ts'
import { limits } from '../../src/targets/limits.ts'
import { overlap } from '../../src/targets/overlap.ts'
import type { Target } from '../../src/targets/target.ts'

function request(series: string, limitMs: number, except: readonly string[] = []): Target {
  const indicator = { kind: 'latency', percentile: 0.95, limitMs } as const
  const grades = { a: 0.6 * limitMs, b: 0.8 * limitMs, c: limitMs, d: 2 * limitMs }
  return { id: `request ${series}`, component: 'request', series, except, indicator, grades, weight: 0 }
}

test('a series counts good for the distinct limits of the targets that cover it, ascending', () => {
  const of = limits([
    ...defaultTargets,
    request('GET /a/**', 250),
    request('GET /a/b', 50),
    request('GET /*', 100),
  ])
  assert.deepEqual(of('authentication', 'login'), [50])
  assert.deepEqual(of('cache_l1', 'get'), [])
  assert.deepEqual(of('own', 'thing'), [])
  assert.deepEqual(of('request', 'GET /a/b'), [50, 100, 250])
  assert.deepEqual(of('request', 'GET /c'), [100])
})

test('should a fifth limit slip through, the targets that come first win', () => {
  const of = limits([50, 40, 30, 20, 10].map((limitMs) => request('**', limitMs)))
  assert.deepEqual(of('request', 'GET /'), [20, 30, 40, 50])
})

test('four limits on one series are fine, and five that never meet', () => {
  const four = [request('GET /a/**', 1), request('GET /a/*', 2), request('GET /a/b', 3)]
  assert.equal(overlap([...defaultTargets, ...four]), undefined)
  const apart = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, i) => request(`GET /${name}/**`, i + 1))
  assert.equal(overlap([...defaultTargets, ...apart]), undefined)
})

test('a fifth limit is found with a name that shows it', () => {
  const five = [request('GET /a/**', 1), request('GET /*/b', 2), request('**/b', 3), request('* /a/b', 4)]
  const found = overlap([...defaultTargets, ...five])
  assert.equal(found?.series, 'GET /a/b')
  assert.deepEqual(found?.limitsMs, [1, 2, 3, 4, 100])
  assert.equal(found?.targets.length, 5)
})

test('equal limits count once, and what is excepted does not count', () => {
  const five = [request('GET /a/**', 1), request('GET /*/b', 2), request('**/b', 3), request('* /a/b', 100)]
  assert.equal(overlap([...defaultTargets, ...five]), undefined)
  const excepting = [
    request('GET /a/**', 1, ['GET /a/b']),
    request('GET /*/b', 2),
    request('**/b', 3),
    request('* /a/b', 4),
  ]
  assert.equal(overlap([...defaultTargets, ...excepting]), undefined)
})

test('hundreds of patterns that combine in any way are given up on within the memory there is', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  const wild = Array.from({ length: 200 }, (_, i) => {
    const word = Array.from({ length: 40 }, (_, j) => letters[(i * 7 + j * (1 + (i % 5))) % 26])
    return request(`**${word.join('**')}`, i + 1)
  })
  const found = overlap(wild)
  if (found !== undefined) assert.ok(found.limitsMs.length > 4)
  assert.equal(limits(wild)('request', letters.repeat(40)).length, 4)
})
