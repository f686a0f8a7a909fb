import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Ending, ending } from '../cli/ending.ts'
import { type Application, application, folder, portOf } from './application.ts'

const CLI = resolve('dist/cli/main.js')
const SOURCE = `
  const { yardstick } = require(${JSON.stringify(resolve('dist/index.js'))})
  const ys = yardstick()
  setInterval(() => ys.record('work', 'job', 1), 50)`
const CONFIG = { service: 'shop', targets: [{ component: 'work', p50: '10ms' }] }
const ADD = ['add', '--component', 'work', '--for', '1h', '--by', 'ann', '--comment', 'new disks']

interface Running {
  readonly app: Application
  /** The command line, which asks it. */
  readonly silences: (...words: readonly string[]) => Promise<Ending>
}

/** Starts the application, again and again in one folder. */
function starting(t: TestContext): () => Promise<Running> {
  const directory = folder()
  const apps: Application[] = []
  t.after(async () => {
    for (const app of apps) await app.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return async () => {
    const app = application(SOURCE, { directory, flags: [], config: CONFIG })
    apps.push(app)
    const url = await portOf(app)
    return { app, silences: (...words) => ending([CLI, 'silences', ...words, '--url', url]) }
  }
}

test('a silence from the command line is kept, listed and ended by a running application', async (t) => {
  const { silences } = await starting(t)()
  const added = await silences(...ADD)
  assert.deepEqual([added.code, added.stderr], [0, ''])
  assert.equal((await silences()).stdout, added.stdout)
  const ended = await silences('end', idIn(added), '--by', 'ben')
  assert.match(ended.stdout, /^ended {4}component work · at .* by ben · was until .* · by ann: new disks\n/)
  assert.equal((await silences('list')).stdout, 'nothing is silenced\n')
})

test('a silence outlives the only process, killed and started again while its lease still lasts', async (t) => {
  const start = starting(t)
  const before = await start()
  const added = await before.silences(...ADD)
  assert.deepEqual([added.code, added.stderr], [0, ''])
  before.app.child.kill('SIGKILL')
  assert.equal(await before.app.ended(), 'SIGKILL')

  const { silences } = await start()
  const listed = await silences()
  assert.deepEqual([listed.code, listed.stdout, listed.stderr], [0, added.stdout, ''])
  const ended = await silences('end', idIn(added), '--by', 'ben')
  assert.match(ended.stdout, /^ended /, ended.stderr)
  assert.equal((await silences()).stdout, 'nothing is silenced\n')
})

function idIn(added: Ending): string {
  return added.stdout.trim().split(/\s+/).at(-1)!
}
