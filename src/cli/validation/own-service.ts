import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../ground/clock.ts'
import { formatDuration } from '../../ground/duration.ts'
import { type Ask, apiClient } from '../api-client.ts'
import { Json } from '../card/json.ts'
import { answerChecks } from './answers.ts'
import { type Check, equal, failed, passed, type Section } from './check.ts'
import { callChecks, recorderChecks } from './coverage.ts'
import { isComplete, recordedChecks, requestChecks, verdictChecks } from './figures.ts'
import { configurationChecks, nodeChecks } from './machine.ts'
import { EXIT_CODE_OF_APP, REQUESTS } from './plan.ts'
import { ask as askServer, type Probe, startProbe } from './probe.ts'

const PATIENCE_MS = 15_000
const PAUSE_MS = 200

/** Proves this installation: a service of our own, under Yardstick, with known traffic. Sections come as they are done. */
export async function* ownService(config?: string): AsyncGenerator<Section> {
  const scratch = mkdtempSync(join(tmpdir(), 'yardstick-validate-'))
  try {
    const machine = nodeChecks()
    yield { title: 'This machine', checks: machine }
    // Too old a Node.js runs applications unmeasured: whatever would be looked at next is missing.
    if (machine.some(({ outcome }) => outcome === 'failed')) return
    const checks = await configurationChecks({ directory: process.cwd(), scratch, config })
    yield { title: 'This folder', checks }
    yield* probed(scratch)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function* probed(scratch: string): AsyncGenerator<Section> {
  const title = 'A service of our own, started with yardstick run'
  let probe: Probe
  try {
    probe = await startProbe(scratch)
  } catch (error) {
    yield { title, checks: [failed('it starts', error instanceof Error ? error.message : String(error))] }
    return
  }
  try {
    yield { title, checks: startChecks(probe) }
    if (probe.ready.api === undefined) return
    const ask = apiClient(probe.ready.api)
    yield { title: 'Known requests', checks: await sendAll(probe.ready.app) }
    const { metrics, compliance } = await settled(ask)
    yield { title: 'What Yardstick says of them', checks: requestChecks(metrics) }
    yield { title: 'Operations of known durations', checks: recordedChecks(metrics) }
    yield { title: 'Grades and compliance', checks: verdictChecks(metrics, compliance) }
    yield { title: 'The API', checks: [...(await answerChecks(ask)), await accessCheck(probe.ready.api)] }
    const self = await ask('self')
    yield { title: 'Yardstick itself', checks: costChecks(self) }
    yield { title: 'The end', checks: await endChecks(probe) }
    yield { title: 'What can be measured', checks: [...recorderChecks(self), ...callChecks()] }
  } finally {
    probe.kill()
    await probe.end
  }
}

function startChecks({ ready }: Probe): readonly Check[] {
  return [
    ready.preloaded
      ? passed('the preload was there before the application')
      : failed(
          'the preload was there before the application',
          'it was not loaded; is NODE_OPTIONS allowed here?',
        ),
    ready.api === undefined
      ? failed('Yardstick’s own port is open', 'it opened none; YARDSTICK_LOG=info yardstick run … says why')
      : passed('Yardstick’s own port is open', ready.api),
  ]
}

async function sendAll(app: string): Promise<readonly Check[]> {
  const checks: Check[] = []
  let added: string[] = []
  for (const [path, { times, status }] of Object.entries(REQUESTS)) {
    for (let i = 0; i < times; i++) {
      const reply = await askServer(app + path)
      if (reply.status !== status)
        checks.push(failed(`GET ${path}`, `expected ${status}, got ${reply.status}`))
      added = Object.keys(reply.headers).filter((name) => /^(x-|server-timing)/.test(name))
      if (path === '/work' && reply.body !== 'true') {
        checks.push(failed('child processes of the application have the preload', `they said ${reply.body}`))
      }
    }
  }
  const sum = Object.values(REQUESTS).reduce((total, { times }) => total + times, 0)
  return checks.length > 0
    ? checks
    : [
        passed(`${sum} requests answered as the application meant`),
        passed('child processes of the application have the preload'),
        passed('headers of Yardstick’s own', added.length === 0 ? 'none' : added.join(', ')),
      ]
}

/** The answers once everything has arrived, and one cycle more, in which nothing may be added. */
async function settled(ask: Ask): Promise<{ readonly metrics: unknown; readonly compliance: unknown }> {
  const deadlineMs = systemClock.monotonicMs() + PATIENCE_MS
  let completeAt: number | undefined
  for (;;) {
    const metrics = await ask('metrics', { window: '5min' })
    const cycle = new Json(metrics).at('cycle').count()
    if (isComplete(metrics)) completeAt ??= cycle
    const done = completeAt !== undefined && cycle > completeAt
    if (done || systemClock.monotonicMs() > deadlineMs) {
      return { metrics, compliance: await ask('prd-compliance', { window: '5min' }) }
    }
    await sleep(PAUSE_MS)
  }
}

async function accessCheck(api: string): Promise<Check> {
  const { status } = await askServer(`${api}/api/v1/performance/metrics`, { host: 'example.com' })
  return equal('a request under a foreign host name is refused with', status, 403)
}

function costChecks(self: unknown): readonly Check[] {
  const json = new Json(self)
  const engine = json.at('engine')
  const dropped = json.at('dropped').entries()
  const losses = dropped
    .filter(([, count]) => count.count() > 0)
    .map(([name, count]) => `${name} ${count.count()}`)
  const errors = json
    .at('recent_errors')
    .list()
    .map((error) => error.text())
  const share = Math.round(engine.at('cpu_share').count() * 1000) / 10
  return [
    losses.length === 0
      ? passed('nothing was dropped, and no error of its own swallowed')
      : failed('nothing was dropped, and no error of its own swallowed', [...losses, ...errors].join('; ')),
    passed(
      'it takes',
      `${share} % of a core, ${formatDuration(engine.at('cycle_ms').at('mean').count())} a cycle`,
    ),
  ]
}

async function endChecks(probe: Probe): Promise<readonly Check[]> {
  await askServer(`${probe.ready.app}/end`)
  const late = setTimeout(probe.kill, PATIENCE_MS)
  const { code, signal, stdout, stderr } = await probe.end
  clearTimeout(late)
  const what = 'the application ends by itself, with its own exit code'
  return [
    code === EXIT_CODE_OF_APP
      ? passed(what, String(code))
      : failed(
          what,
          `expected ${EXIT_CODE_OF_APP}, got ${signal === 'SIGKILL' ? 'no end; it was killed' : (signal ?? code)}`,
        ),
    stderr === '' && stdout.trimEnd() === JSON.stringify(probe.ready)
      ? passed('nothing was added to its output')
      : failed(
          'nothing was added to its output',
          `${stderr}${stdout.slice(JSON.stringify(probe.ready).length)}`.trim(),
        ),
  ]
}
