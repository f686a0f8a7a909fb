import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { separate } from '../../src/config/functions.ts'
import type { CodeOptions } from '../../src/config/options.ts'

test('functions of the application stay, data goes, and it can be sent to a thread', () => {
  const user = () => 'u1'
  const ignore = () => false
  const logger = { info: () => {}, warn: () => {} }
  const options: CodeOptions = {
    service: 'shop',
    user,
    ignore,
    logger,
    targets: [{ component: 'a', p95: '1ms' }],
  }
  const { data, functions } = separate(options)
  assert.deepEqual(data, { service: 'shop', targets: [{ component: 'a', p95: '1ms' }] })
  assert.deepEqual(structuredClone(data), data)
  assert.deepEqual(functions, { user, ignore, logger })
})

test('ignore and access are data where they are data', () => {
  const { data, functions } = separate({ ignore: ['GET /health'], access: { hosts: ['a.internal'] } })
  assert.deepEqual(data, { ignore: ['GET /health'], access: { hosts: ['a.internal'] } })
  assert.deepEqual(functions, {})
})

test('options that are no object are refused, with what to write instead', () => {
  for (const [given, got] of [
    [null, 'null'],
    ['x', 'a string'],
    [() => {}, 'a function'],
    [[], 'an array'],
  ] as const) {
    assert.throws(() => separate(given as unknown as CodeOptions), {
      code: 'YS_CONFIG',
      message: `Expected an object of options, got ${got}. Write yardstick({ service: 'shop' }), or yardstick() for the defaults.`,
    })
  }
})

test('an URL becomes its text', () => {
  const options = { store: { module: new URL('file:///srv/store.js') } } as unknown as CodeOptions
  assert.deepEqual(separate(options).data, { store: { module: 'file:///srv/store.js' } })
})

test('other functions and live objects are refused by name, with thread and cure', () => {
  class Pool {}
  const round: Record<string, unknown> = {}
  round.self = round
  const options = {
    store: new Pool(),
    targets: [{ component: 'a', p95: () => 50 }],
    extra: round,
    window: () => '5min',
  }
  assert.throws(
    () => separate(options as unknown as CodeOptions),
    (error: Error & { readonly code?: string }) => {
      assert.equal(error.code, 'YS_CONFIG_FUNCTION')
      for (const part of [
        'store is a live Pool',
        'targets[0].p95 is a function',
        'extra.self contains itself',
        'window is a function',
        "Yardstick's own thread",
        'yardstick.config.ts',
        '{ module: new URL(',
      ]) {
        assert.ok(error.message.includes(part), `${part} in: ${error.message}`)
      }
      return true
    },
  )
})

test("what the application's threads import of the configuration loads no validator", () => {
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    for (const [, from] of text.matchAll(/^(?:import|export) (?!type )[^'"]*from '([^']+)'/gm)) {
      assert.ok(from!.startsWith('.') || from!.startsWith('node:'), `${file} imports ${from}`)
      if (from!.startsWith('.')) visit(join(dirname(file), from!))
    }
  }
  visit('src/config/functions.ts')
  visit('src/config-entry.ts')
  assert.ok(seen.size > 4)
})
