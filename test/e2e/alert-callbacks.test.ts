import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { application, ask, portOf } from './application.ts'

const YARDSTICK = JSON.stringify(resolve('dist/index.js'))

test('callbacks hear in the application’s thread; one that throws, rejects or hangs is counted and hurts nobody', async (t) => {
  const app = application(
    `
    const { yardstick } = require(${YARDSTICK})
    const { isMainThread, threadId } = require('node:worker_threads')
    const ys = yardstick()
    ys.onAlert(() => { throw new Error('broken callback') })
    ys.onAlert(async () => { throw new Error('broken promise') })
    ys.onAlert(() => new Promise(() => {}))
    ys.onAlert(({ type, severity, text }) => console.log('heard', type, severity, isMainThread, threadId, text))
    ys.onAlert(async ({ type }) => console.log('heard later', type))
    ys.onAlert(() => console.log('taken off'))()
    let ms = 100
    process.on('message', () => { ms = 1 })
    setInterval(() => { for (let i = 0; i < (ms === 1 ? 50 : 5); i++) ys.record('work', 'job', ms) }, 50)`,
    {
      flags: [],
      config: {
        targets: [{ component: 'work', p50: '10ms' }],
        alerts: {
          policies: [{ kind: 'ratio', for: '1s', keepFiringFor: '1s' }],
          grace: { afterStart: '0s' },
        },
      },
    },
  )
  t.after(app.close)
  const url = await portOf(app)
  await app.printed(/heard fired CRITICAL true 0 work fired CRITICAL \(ratio\): p50 100 ms, limit 10 ms/)
  await app.printed(/heard later fired/)
  app.child.send('well')
  await app.printed(/heard resolved CRITICAL true 0 /)
  await app.printed(/heard later resolved/)
  assert.doesNotMatch(app.stdout(), /taken off/)
  assert.equal(app.child.exitCode, null, 'it runs on')
  const self = (await ask(`${url}/api/v1/performance/self`)).body
  assert.match(self, /broken callback/)
  assert.match(self, /broken promise/)
})
