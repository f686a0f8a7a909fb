import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Yardstick } from '../../src/engine/yardstick.ts'
import { stepped } from './stepped.ts'

const SOURCE = `
export const make = (ys: any) => {
  class Users {
    readonly prefix = 'user '
    @ys.trackDatabasePerformance({ query: 'user_lookup', table: 'users' })
    async byId(id: string, deep = false) { return this.prefix + id }
    @ys.tracked('pricing', 'quote')
    quote() { throw new Error('no price') }
    @ys.trackCachePerformance('L2', 'get')
    cached(key: string) { return key === 'known' ? 1 : undefined }
    @ys.trackAuthenticationPerformance('jwt')
    static login() { return true }
    @ys.trackAuthorizationPerformance('can_edit')
    may() { return false }
  }
  return Users
}
`

// Node strips types but compiles no decorators: what counts is what the compilers make of them.
for (const [kind, flags] of [
  ['standard', []],
  ['experimental', ['--experimentalDecorators']],
] as const) {
  test(`${kind} decorators, as tsc compiles them`, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'yardstick-decorators-'))
    t.after(() => rmSync(directory, { recursive: true }))
    writeFileSync(join(directory, 'users.ts'), SOURCE)
    writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
    const tsc = resolve('node_modules/typescript/bin/tsc')
    const options = ['--target', 'es2022', '--module', 'nodenext', '--noCheck', '--ignoreConfig', ...flags]
    const compiled = spawnSync(process.execPath, [tsc, 'users.ts', ...options], {
      cwd: directory,
      encoding: 'utf8',
    })
    assert.equal(compiled.status, 0, compiled.stdout + compiled.stderr)

    const { engine, ledger, second } = await stepped()
    const { make } = (await import(pathToFileURL(join(directory, 'users.js')).href)) as {
      make: (ys: Yardstick) => {
        new (): {
          byId(id: string): Promise<string>
          quote(): void
          cached(key: string): unknown
          may(): boolean
        }
        login(): boolean
      }
    }
    const Users = make(new Yardstick(ledger, undefined))
    const users = new Users()
    assert.equal(await users.byId('7'), 'user 7')
    assert.deepEqual([users.byId.name, users.byId.length], ['byId', 1])
    assert.throws(() => users.quote(), /no price/)
    users.cached('known')
    users.cached('unknown')
    assert.equal(Users.login(), true)
    assert.equal(users.may(), false)
    second()
    const seen = engine.snapshot
      .window('1min')
      .components.flatMap(({ component, series }) =>
        series.map(({ name, counts: { ok, failed, hits } }) => [component, name, ok, failed, hits]),
      )
    assert.deepEqual(seen, [
      ['authentication', 'jwt', 1, 0, 0],
      ['authorization', 'can_edit', 1, 0, 0],
      ['database', 'user_lookup users', 1, 0, 0],
      ['cache_l2', 'get', 2, 0, 1],
      ['pricing', 'quote', 0, 1, 0],
    ])
  })
}
