import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const DEMO = fileURLToPath(new URL('../../../examples/shop/demo.ts', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

async function demo(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [DEMO, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: code as number | null, out, err }
}

test('the demo ends by itself with the report card', async () => {
  const { code, out, err } = await demo('--seconds', '3', '--rate', '40')
  assert.equal(code, 0, err)
  assert.match(out, /Yardstick answers at http:\/\/127\.0\.0\.1:\d+\/api\/v1\/performance\/metrics/)
  assert.match(out, /load: answers by status 200: \d+.*no answer none/)
  const card = out.slice(out.lastIndexOf('load: '))
  for (const component of ['authentication', 'authorization', 'cache_l1', 'database', 'request']) {
    assert.match(card, new RegExp(component))
  }
})

test('what the demo cannot do it says before anything is started', async () => {
  const rate = await demo('--rate', '100000')
  assert.deepEqual([rate.code, rate.out], [1, ''])
  assert.match(rate.err, /demo: the rate is above 0 and at most 1000 a second, not 100000/)
  const fault = await demo('--faults', 'earthquake')
  assert.equal(fault.code, 1)
  assert.match(fault.err, /demo: There is no fault "earthquake"/)
})
