import assert from 'node:assert/strict'
import { chmodSync, lchownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { leaveAddress, leftAddresses } from '../src/left-address.ts'

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
