import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SteppedClock } from '../../../contracts/stepped-clock.ts'
import { BlockedWatch, type BlockedWatchOptions } from '../../../src/engine/runtime/blocked-watch.ts'
import { application, ask, portOf } from '../../e2e/application.ts'
import { START_MS } from '../stepped.ts'

type Answered = Parameters<BlockedWatchOptions['ask']>[0]

function watched(): {
  readonly watch: BlockedWatch
  readonly asked: Answered[]
  readonly steps: (ms: number, beats?: boolean) => void
} {
  const clock = new SteppedClock(START_MS)
  const asked: Answered[] = []
  let pulseMs = 1
  const watch = new BlockedWatch({
    clock,
    pulseMs: () => pulseMs,
    ask: async (answered) => void asked.push(answered),
  })
  const steps = (ms: number, beats = false): void => {
    for (let passed = 0; passed < ms; passed += 25) {
      clock.step(25)
      if (beats) pulseMs += 25
      watch.look()
    }
  }
  return { watch, asked, steps }
}

const FRAMES = [{ function: 'hash', place: '/app/login.js:12' }]

test('a heart that beats, and one that pauses for less than 100 ms, is left alone', () => {
  const { asked, steps } = watched()
  for (let i = 0; i < 20; i++) {
    steps(500, true)
    steps(125)
  }
  assert.equal(asked.length, 0)
})

test('it is asked once for each time it stands still, at most once a second, and the answer is kept', () => {
  const { watch, asked, steps } = watched()
  steps(100, true)
  steps(5000)
  assert.equal(asked.length, 1)
  asked[0]!(FRAMES)
  assert.deepEqual(
    watch.stacks.map(({ afterMs, frames }) => [afterMs, frames]),
    [[150, FRAMES]],
  )
  steps(100, true)
  steps(300)
  steps(100, true)
  steps(300)
  assert.equal(asked.length, 2)
})

test('an answer that comes when the loop has gone on says nothing of what held it up', () => {
  const { watch, asked, steps } = watched()
  steps(100, true)
  steps(200)
  steps(100, true)
  asked[0]!(FRAMES)
  assert.deepEqual(watch.stacks, [])
})

const SERVER = `
const http = require('node:http')
let ran = 0
function hashPassword(ms, user) { const end = Date.now() + ms; while (Date.now() < end); return user }
function login(request) { return hashPassword(600, 'ann s3cret') }
const server = http.createServer((request, response) => {
  ran = 0
  Promise.resolve().then(() => ran++); process.nextTick(() => ran++)
  login(request)
  response.end(String(ran))
}).listen(0, () => console.log('up ' + server.address().port))
`

test('with "stacks" the page shows where a real application stood, no values, and nothing ran in between', async (t) => {
  const app = application(SERVER, { config: { runtime: 'stacks' } })
  t.after(() => app.close())
  const [, port] = await app.printed(/up (\d+)/)
  const yardstick = await portOf(app)
  for (let attempt = 0; attempt < 20; attempt++) {
    assert.equal((await ask(`http://127.0.0.1:${port}/`)).body, '0')
    const { body } = await ask(`${yardstick}/api/v1/performance/runtime`)
    const { blocked_stacks: stacks } = JSON.parse(body) as {
      blocked_stacks: readonly { frames: readonly { function: string; place: string }[] }[]
    }
    if (stacks.length === 0) continue
    const names = stacks[0]!.frames.map((frame) => frame.function)
    assert.ok(names.indexOf('hashPassword') < names.indexOf('login') && names.includes('hashPassword'), body)
    assert.match(stacks[0]!.frames.find((frame) => frame.function === 'login')!.place, /app\.cjs:5$/)
    assert.doesNotMatch(body, /s3cret/)
    return
  }
  assert.fail('no stack was shown')
})
