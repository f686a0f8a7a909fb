import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { MAIN } from './fixture/main.ts'

test('whoever reads the output may stop reading: that is no failure', async () => {
  const child = spawn(process.execPath, [MAIN, 'validate'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  })
  const closed = once(child, 'close')
  const said = text(child.stderr)
  await once(child.stdout, 'data')
  child.stdout.destroy()
  assert.deepEqual(await closed, [0, null])
  assert.equal(await said, '')
})
