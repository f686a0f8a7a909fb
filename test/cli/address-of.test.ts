import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { ending } from './ending.ts'
import { folder } from './folder.ts'
import { service } from './service.ts'

const OURS = pathToFileURL('src/cli/address-of.ts').href

test('who answers at the usual port is named where no service of the folder has left its address', async (t) => {
  const { url, asked, close } = await service(() => ({ body: { service: 'mailer\x1b[2J' } }))
  t.after(close)
  const cwd = folder(t, {})('.')
  const found = (words: string, env = {}) => {
    const code = `console.log((await (await import(${JSON.stringify(OURS)})).addressOf(${words})).url)`
    return ending(['--input-type=module', '--eval', code], { cwd, env })
  }

  const { stdout, stderr } = await found(`undefined, undefined, '${url}'`)
  assert.equal(stdout, `${url}\n`)
  assert.equal(
    stderr,
    `yardstick: no service of this folder says where it answers; asked is "mailer\ufffd[2J" at ${url}\n`,
  )
  assert.equal(asked.length, 1)

  const nobody = await found("undefined, undefined, 'http://127.0.0.1:1'")
  assert.deepEqual([nobody.stdout, nobody.stderr], ['http://127.0.0.1:1\n', ''])
  for (const said of [`'${url}', undefined, '${url}'`, `undefined, { url: '${url}' }, '${url}'`])
    assert.equal((await found(said)).stderr, '')
  const byEnvironment = await found(`undefined, undefined, '${url}'`, { YARDSTICK_PORT: '80' })
  assert.deepEqual([byEnvironment.stdout, byEnvironment.stderr], ['http://127.0.0.1:80\n', ''])
})
