import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { REGISTER } from '../e2e/application.ts'

const moduleOf = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`
const IS_SET_UP = `Symbol.for('yardstick') in globalThis`
const SOURCES = `
  import { readFileSync } from 'node:fs'
  process._rawDebug('hooks', ${IS_SET_UP})
  export const load = async (url, context, next) => {
    const loaded = await next(url, context)
    return loaded.format === 'commonjs' ? { ...loaded, source: readFileSync(new URL(url)) } : loaded
  }`
const HOOKS = moduleOf(
  `import { register } from 'node:module'; register(${JSON.stringify(moduleOf(SOURCES))})`,
)

for (const how of ['--require', '--import']) {
  test(`${how} sets up the application’s thread where module hooks hand out sources, and not the thread of those`, () => {
    const ended = spawnSync(
      process.execPath,
      ['--import', HOOKS, how, REGISTER, '-e', `process._rawDebug('application', ${IS_SET_UP})`],
      { encoding: 'utf8' },
    )
    assert.equal(ended.status, 0, ended.stderr)
    assert.match(ended.stderr, /^hooks false$/m)
    assert.match(ended.stderr, /^application true$/m)
  })
}
