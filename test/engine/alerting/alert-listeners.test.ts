import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { AlertListeners } from '../../../src/engine/alerting/alert-listeners.ts'
import { type AlertNews, alertNews } from '../../../src/engine/alerting/alert-news.ts'

const news = alertNews({
  ...{ type: 'acknowledged', id: '1', atMs: 0, alert: 'a', by: 'ann', comment: 'on it' },
})!

test('a callback that throws, rejects or hangs is counted, and the others are served', async () => {
  const errors: unknown[] = []
  const listeners = new AlertListeners((error) => errors.push(error))
  const heard: AlertNews[] = []
  listeners.add(() => {
    throw new Error('throws')
  })
  listeners.add(() => Promise.reject(new Error('rejects')))
  listeners.add(() => runInNewContext('Promise.reject(new Error("of another realm"))'))
  let calls = 0
  listeners.add(() => {
    calls++
    return new Promise(() => {})
  })
  const off = listeners.add((one) => heard.push(one))
  listeners.hear(news)
  await turn()
  assert.deepEqual(errors.map((error) => (error as Error).message).sort(), [
    'of another realm',
    'rejects',
    'throws',
  ])
  assert.deepEqual(heard, [news])
  for (let n = 0; n < 30; n++) {
    listeners.hear(news)
    await turn()
  }
  assert.equal(calls, 20, 'one that hangs is left alone after a while')
  assert.equal(errors.filter((error) => /hangs/.test((error as Error).message)).length, 11)
  assert.equal(heard.length, 31)
  off()
  listeners.hear(news)
  assert.equal(heard.length, 31)
})
