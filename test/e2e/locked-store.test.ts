import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { application, ask, folder, metrics, portOf } from './application.ts'

const YARDSTICK = JSON.stringify(resolve('dist/index.js'))
const LOCK = resolve('test/stores/sqlite/lock-child.ts')

const recording = (count: number): string => `
  const { yardstick } = require(${YARDSTICK})
  const ys = yardstick()
  for (let i = 0; i < ${count}; i++) ys.record('database', 'q', i % 100)
  setInterval(() => {}, 1000)`

interface Self {
  readonly store: { readonly name: string; readonly state: string; readonly last_error: string | null }
}

test('a file that another process holds at the start, for longer than opening it waits: said, then all of before is there too', async (t) => {
  const directory = folder()
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const env = { YARDSTICK_SERVICE: 'shop' }
  const before = application(recording(300), { directory, env })
  t.after(before.close)
  const seen = await metrics(await portOf(before), 'database', 300)
  assert.equal(seen.metrics_by_type.database!.n, 300)
  const ended = before.ended()
  before.child.kill('SIGKILL')
  await ended

  const lock = spawn(process.execPath, [LOCK, join(directory, '.yardstick/yardstick.db'), 'EXCLUSIVE'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.after(() => lock.kill('SIGKILL'))
  await once(lock.stdout, 'data')
  const after = application(recording(40), { directory, env })
  t.after(after.close)
  await after.printed(/yardstick\.db cannot be used for the moment: database is locked.*It is tried again/)
  const url = await portOf(after)
  const { store } = JSON.parse((await ask(`${url}/api/v1/performance/self`)).body) as Self
  assert.equal(store.name, 'sqlite')
  assert.equal((await metrics(url, 'database', 40)).metrics_by_type.database!.n, 40)
  const failing = JSON.parse((await ask(`${url}/api/v1/performance/self`)).body) as Self
  assert.equal(failing.store.state, 'failing')
  assert.match(failing.store.last_error ?? '', /database is locked/)
  lock.stdin.end()
  await after.printed(/yardstick\.db can be used now/)
  const whole = await metrics(url, 'database', 340)
  assert.equal(whole.metrics_by_type.database!.n, 340)
  assert.equal(whole.coverage, 'service')
})
