import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { ending } from './ending.ts'
import { folder } from './folder.ts'
import { service } from './service.ts'

const OURS = pathToFileURL('src/cli/address-of.ts').href

/** Prints the address found in a folder, from where `words` are given. */
function found(cwd: string, words: string, env: NodeJS.ProcessEnv = {}) {
  const code = `console.log((await (await import(${JSON.stringify(OURS)})).addressOf(${words})).url)`
  return ending(['--input-type=module', '--eval', code], { cwd, env })
}

/** A port that tells who it is. */
async function port(t: TestContext, identity: string): Promise<number> {
  const server = createServer((_, response) =>
    response.writeHead(200, { 'yardstick-identity': identity }).end(),
  )
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

test('who answers at the usual port is named where no service of the folder has left its address', async (t) => {
  const { url, asked, close } = await service(() => ({ body: { service: 'mailer\x1b[2J' } }))
  t.after(close)
  const cwd = folder(t, {})('.')
  const { stdout, stderr } = await found(cwd, `undefined, undefined, '${url}'`)
  assert.equal(stdout, `${url}\n`)
  assert.equal(
    stderr,
    `yardstick: no service of this folder says where it answers; asked is "mailer\ufffd[2J" at ${url}\n`,
  )
  assert.equal(asked.length, 1)

  const nobody = await found(cwd, "undefined, undefined, 'http://127.0.0.1:1'")
  assert.deepEqual([nobody.stdout, nobody.stderr], ['http://127.0.0.1:1\n', ''])
  for (const said of [`'${url}', undefined, '${url}'`, `undefined, { url: '${url}' }, '${url}'`])
    assert.equal((await found(cwd, said)).stderr, '')
  const byEnvironment = await found(cwd, `undefined, undefined, '${url}'`, { YARDSTICK_PORT: '80' })
  assert.deepEqual([byEnvironment.stdout, byEnvironment.stderr], ['http://127.0.0.1:80\n', ''])
})

test('whoever watches a service sees none that ran beside it, whatever its process id, but the one that came after', async (t) => {
  const at = folder(t, { '.yardstick/.gitignore': '*' })
  const leave = async (service: string): Promise<string> => {
    const url = `http://127.0.0.1:${await port(t, service)}`
    const left = { url, service, identity: service, pid: 1, host: hostname(), directory: at('.') }
    writeFileSync(at(`.yardstick/port-${new URL(url).port}.json`), JSON.stringify(left))
    return url
  }
  const beside = await leave('mailer')
  const before = JSON.stringify({ url: 'http://127.0.0.1:1', beside: [{ pid: 1, url: beside }] })
  assert.equal((await found(at('.'), `undefined, ${before}`)).stdout, 'http://127.0.0.1:1\n')
  const again = await leave('shop')
  assert.equal((await found(at('.'), `undefined, ${before}`)).stdout, `${again}\n`)
})
