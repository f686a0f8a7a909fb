import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { ending } from '../cli/ending.ts'
import { application, portOf } from './application.ts'

const CLI = resolve('dist/cli/main.js')
const SOURCE = `
  const { yardstick } = require(${JSON.stringify(resolve('dist/index.js'))})
  const ys = yardstick()
  setInterval(() => ys.record('work', 'job', 1), 50)`

test('a silence from the command line is kept, listed and ended by a running application', async (t) => {
  const app = application(SOURCE, {
    flags: [],
    config: { targets: [{ component: 'work', p50: '10ms' }] },
  })
  t.after(app.close)
  const url = await portOf(app)
  const silences = (...words: readonly string[]) => ending([CLI, 'silences', ...words, '--url', url])
  const add = ['add', '--component', 'work', '--for', '1h', '--by', 'ann', '--comment', 'new disks']
  const added = await silences(...add)
  assert.deepEqual([added.code, added.stderr], [0, ''])
  assert.equal((await silences()).stdout, added.stdout)
  const id = added.stdout.trim().split(/\s+/).at(-1)!
  const ended = await silences('end', id, '--by', 'ben')
  assert.match(ended.stdout, /^ended {4}component work · until .* · by ann: new disks\n/)
  assert.equal((await silences('list')).stdout, 'nothing is silenced\n')
})
