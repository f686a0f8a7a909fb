import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { alertPage } from './api/alert-page.ts'
import { forwarded } from './api/forwarded.ts'
import { identityOf } from './api/identity.ts'
import { api } from './api/routes.ts'
import { SharedPort } from './api/shared-port.ts'
import { loadSettings } from './config/load.ts'
import { misspelt } from './config/misspelt.ts'
import type { Settings } from './config/settings.ts'
import { alertNews } from './engine/alerting/alert-news.ts'
import { Engine } from './engine/engine.ts'
import { BlockedWatch, LOOK_MS } from './engine/runtime/blocked-watch.ts'
import { askMainStack } from './engine/runtime/main-stack.ts'
import { openLine } from './engine/thread/line.ts'
import type { EngineWorkerData, ForwardedResponse, FromEngine, ToEngine } from './engine/thread/messages.ts'
import { pace } from './engine/thread/pace.ts'
import { plainProblem } from './engine/thread/plain-problem.ts'
import { threadSettings } from './engine/thread/thread-settings.ts'
import { systemClock } from './ground/clock.ts'
import { YardstickError } from './ground/errors.ts'
import { leaveAddress, otherProgram } from './left-address.ts'
import { PULSE } from './measure/loop-gauges.ts'
import { loopGauges } from './measure/loop-tally.ts'
import { openNotifiers } from './notifiers/open.ts'
import { standardError as logger } from './standard-error.ts'
import { openStore } from './stores/open.ts'

const HELD_MS = 60_000

// The Worker's entry: the one place that joins engine and edges. `parentPort` is free here: the thread is ours.
const main = parentPort!
const { options, directory, program, flushed, read, restarts } = workerData as EngineWorkerData
const tell = (message: FromEngine): void => main.postMessage(message)

// A configuration that awaits what never comes must not end the thread, which would be started again and again.
const held = setInterval(() => {}, HELD_MS)
try {
  const settings = await loadSettings({ directory, environment: process.env, options })
  tell({ kind: 'configured' })
  clearInterval(held)
  if (settings.disabled) {
    tell({ kind: 'disabled' })
    process.exit(0)
  }
  for (const text of misspelt(settings.targets)) logger.warn(`Targets: ${text}`)
  await run(settings)
} catch (error) {
  if (!(error instanceof YardstickError)) throw error
  tell({ kind: 'refused', code: error.code, message: error.message })
  process.exit(0)
}

async function run(settings: Settings): Promise<void> {
  const clock = systemClock
  const store = await openStore(settings.store, { clock, logger, directory })
  const instance = randomUUID()
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  const notifiers = await openNotifiers(settings.notifiers, { clock })
  const engine = new Engine({
    settings,
    store,
    notifiers,
    ...(settings.publicUrl === undefined ? {} : { alertPage: alertPage(settings.publicUrl) }),
    onAlertEvent: (event) => {
      const news = alertNews(event)
      if (news !== undefined) tell({ kind: 'alert', news })
    },
    clock,
    instance,
    version,
    mode: 'thread',
    restarts,
    read: new Float64Array(read),
  })
  const note = (where: string) => (error: unknown) => {
    const text = `${where}: ${error instanceof Error ? error.message : String(error)}`
    engine.note(text)
    tell({ kind: 'error', text })
  }

  const followed = threadSettings(settings)
  // The application's worker threads are on the line; the main thread has a port of its own, because the first message
  // on any line costs a thread 10 ms (it loads fetch), and most applications have no other thread.
  const line = openLine((message) => {
    if (message.kind === 'ended') engine.threadEnded(message.thread)
    if (message.kind !== 'announcement') return
    const { announcement } = message
    engine.accept(announcement)
    if (announcement.kind !== 'loop') return
    line.say({ kind: 'settings', settings: followed, thread: announcement.thread })
  }, note('line'))
  tell({ kind: 'settings', settings: followed })
  line.say({ kind: 'settings', settings: followed })
  line.say({ kind: 'repeat' })

  let mainGauges: Float64Array | undefined
  const pulseMs = (): number => mainGauges?.[PULSE] ?? 0
  const watch =
    settings.runtime === 'stacks' ? new BlockedWatch({ clock, pulseMs, ask: askMainStack }) : undefined
  const looking = watch && setInterval(() => watch.look(), LOOK_MS)
  const storeId = identityOfStore(settings, store.name, instance)
  const identity = identityOf(settings.service, storeId)
  const app = api({
    snapshot: () => engine.answer(),
    alerts: () => engine.alerts,
    holdings: () => engine.holdings,
    settings: () => ({
      ...{ targets: settings.targets, defaultWindow: settings.window, storeId },
      ...(watch && { blockedStacks: watch.stacks }),
    }),
    onError: note('api'),
  })
  let takeAddressBack = (): void => {}
  const port =
    settings.port === 'off'
      ? undefined
      : new SharedPort({
          ...settings.port,
          ...{ fetch: app.fetch, access: settings.access, service: settings.service, storeId, logger },
          onState: (state) => {
            engine.portIs(state)
            if (state.state !== 'listening') return
            const { service } = settings
            const { pid } = process
            takeAddressBack = leaveAddress(directory, { url: state.url!, service, pid, identity, program })
          },
          onError: note('port'),
        })
  await port?.open()
  const other = otherProgram(directory, { identity, program })
  if (other !== undefined) {
    logger.warn(
      `counts as service ${settings.service} together with pid ${other.pid}, which runs another program ` +
        `(${other.program}); the option service, or "yardstick run --service", tells them apart.`,
    )
  }
  let stopPace = (): void => {}
  const answer = forwarded(app, settings.access)
  const failed =
    (path: string) =>
    (error: unknown): ForwardedResponse => {
      note('api')(error)
      return plainProblem('internal-error', 'The error is listed on the self page.', path)
    }

  main.on('message', async (message: ToEngine) => {
    switch (message.kind) {
      case 'request':
        tell({
          kind: 'response',
          id: message.id,
          response: await answer(message.request).catch(failed(message.request.path)),
        })
        return
      case 'recorders':
        engine.recordersAre(message.recorders)
        return
      case 'announcement':
        if (message.announcement.kind === 'loop') mainGauges = loopGauges(message.announcement.buffer)
        engine.accept(message.announcement)
        return
      case 'listen':
        engine.listen()
        return
      case 'flush':
        takeAddressBack()
        await save().catch(note('flush'))
        await engine.leave().catch(note('lease'))
        Atomics.store(new Int32Array(flushed), 0, 1)
        Atomics.notify(new Int32Array(flushed), 0)
        return
      case 'stop':
        stopPace()
        clearInterval(looking)
        takeAddressBack()
        await save().catch(note('stop'))
        await engine.leave().catch(note('lease'))
        await port?.close().catch(note('port'))
        await store.close().catch(note('store'))
        line.close()
        process.exit(0)
    }
  })
  tell({ kind: 'ready', url: port?.url, window: settings.window })

  // A long day takes seconds to read back: the port answers meanwhile, and the tallies keep what comes in.
  await engine.tend().catch(note('restore'))
  stopPace = pace(engine, clock, note('cycle'))

  /** The last counts, those of the half that is still being written too. */
  async function save(): Promise<void> {
    for (let half = 0; half < 2; half++) {
      engine.turn()
      engine.cycle()
    }
    await engine.flush()
  }
}

/** Processes that share a store share one port; one that keeps its figures in memory shares neither. */
function identityOfStore(settings: Settings, name: string, instance: string): string {
  const place = name === 'memory' ? instance : JSON.stringify(settings.store)
  return createHash('sha256').update(`${directory}\n${place}`).digest('hex').slice(0, 16)
}
