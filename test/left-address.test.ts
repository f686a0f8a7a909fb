import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { leaveAddress, leftAddresses, otherProgram } from '../src/left-address.ts'

const ADDRESS = { url: 'http://127.0.0.1:9797', service: 'shop', pid: process.pid, identity: 'one' }
const PIDS = process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : undefined

interface Place {
  readonly directory: string
  readonly file: (port: number) => string
  /** Puts there what a service would, or what is not quite that. */
  readonly put: (port: number, note?: object) => void
  readonly urls: () => readonly string[]
}

function place(t: TestContext): Place {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-left-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  mkdirSync(join(directory, '.yardstick'))
  const file = (port: number): string => join(directory, '.yardstick', `port-${port}.json`)
  return {
    directory,
    file,
    put: (port, note = {}) => {
      const url = `http://127.0.0.1:${port}`
      const here = { host: hostname(), pids: PIDS, directory }
      writeFileSync(file(port), JSON.stringify({ ...ADDRESS, url, ...here, ...note }))
    },
    urls: () => leftAddresses(directory).map(({ url }) => url),
  }
}

test('what no service has left is passed over', (t) => {
  const { file, put, urls } = place(t)
  put(1)
  for (const url of ['https://127.0.0.1:2', 'ftp://localhost/', 'http://192.0.2.1:2', 'nowhere', 7]) {
    put(2, { url })
    assert.deepEqual(urls(), ['http://127.0.0.1:1'], String(url))
  }
  for (const note of [{ pid: 0 }, { pid: -1 }, { pid: 'x' }, { service: null }, { identity: {} }]) {
    put(2, note)
    assert.deepEqual(urls(), ['http://127.0.0.1:1'], JSON.stringify(note))
  }
  put(3, { host: 'another' })
  put(4, { directory: '/elsewhere' })
  writeFileSync(file(5), '{"url":')
  mkdirSync(file(6))
  put(7)
  truncateSync(file(7), 2 ** 30)
  assert.deepEqual(urls(), ['http://127.0.0.1:1'])
})

test('another program is one of the same service that runs, of another entry file, and not who started this one', (t) => {
  const { directory, put } = place(t)
  const found = (program?: string) => otherProgram(directory, { identity: 'one', program })?.url
  put(1)
  put(2, { program: '/srv/c.js', identity: 'two' })
  put(3, { program: '/srv/c.js', pid: process.ppid })
  put(4, { program: 5 })
  put(5, { program: '/srv/b.js' })
  assert.equal(found('/srv/b.js'), undefined)
  assert.equal(found(), undefined)
  assert.equal(found('/srv/a.js'), 'http://127.0.0.1:5')
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  put(5, { program: '/srv/b.js', pid })
  assert.equal(found('/srv/a.js'), undefined)
})

test('of a container that counts its processes anew nothing is cleared up, and none is taken for a neighbour', (t) => {
  const { directory, put, urls } = place(t)
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  const pids = 'pid:[1]'
  put(1, { pid })
  put(2, { pid, pids })
  put(3, { program: '/srv/b.js', pids })
  leaveAddress(directory, ADDRESS)()
  assert.deepEqual(urls(), ['http://127.0.0.1:2', 'http://127.0.0.1:3'])
  assert.equal(otherProgram(directory, { identity: 'one', program: '/srv/a.js' }), undefined)
})

test('neither a pipe nor a link is followed', (t) => {
  if (process.platform === 'win32') return t.skip('Windows has no such files')
  const { directory, file, put, urls } = place(t)
  execFileSync('mkfifo', [file(1)])
  symlinkSync('/dev/zero', file(2))
  put(3)
  symlinkSync(file(3), file(4))
  assert.deepEqual(urls(), ['http://127.0.0.1:3'])
  leaveAddress(directory, ADDRESS)()
  assert.deepEqual(urls(), ['http://127.0.0.1:3'])
})

test('of an address with a zone, which makes no URL, none is left', (t) => {
  const { directory, urls } = place(t)
  leaveAddress(directory, { ...ADDRESS, url: 'http://[::1%lo]:9797' })()
  assert.deepEqual(urls(), [])
})

test('what a container that shares the folder has left meanwhile stays', (t) => {
  const { directory, file, put } = place(t)
  const takeBack = leaveAddress(directory, ADDRESS)
  put(9797, { host: 'another' })
  takeBack()
  assert.equal(JSON.parse(readFileSync(file(9797), 'utf8')).host, 'another')
  leaveAddress(directory, ADDRESS)()
  assert.deepEqual(readdirSync(join(directory, '.yardstick')), [])
})

for (const planted of ['.yardstick', '.yardstick/port-9800.json']) {
  test(`no address is taken from ${planted} of another user where everybody may put things`, (context) => {
    if (process.geteuid?.() !== 0) return context.skip('who is not root cannot make what is another user’s')
    const directory = mkdtempSync(join(tmpdir(), 'yardstick-'))
    context.after(() => rmSync(directory, { recursive: true }))
    leaveAddress(directory, { url: 'http://127.0.0.1:9800', service: 'shop', pid: 1, identity: 'a' })
    assert.deepEqual(
      leftAddresses(directory).map(({ url }) => url),
      ['http://127.0.0.1:9800'],
    )
    const path = join(directory, planted)
    chmodSync(dirname(path), 0o1777)
    lchownSync(path, 65_534, 65_534)
    assert.deepEqual(leftAddresses(directory), [])
  })
}
