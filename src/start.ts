import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import { isMainThread, threadId, type Worker } from 'node:worker_threads'
import { type Line, type LineMessage, openLine } from './engine/line.ts'
import { EngineThread } from './engine/thread.ts'
import { Yardstick } from './engine/yardstick.ts'
import type { Logger } from './ground/logger.ts'
import { nodeHttp } from './ground/node-http.ts'
import { Ledger } from './measure/ledger.ts'
import type { Scope } from './measure/scope.ts'
import type { HttpOptions } from './recorders/http-options.ts'
import { recorders } from './recorders/table.ts'
import { defaultTargets } from './targets/defaults.ts'
import { limits } from './targets/limits.ts'

/** Most messages kept for an engine that is still starting: threads that come and go meanwhile say three each. */
const MOST_HEARD = 10_000

/** What is running in this thread. */
export interface Running {
  readonly yardstick: Yardstick
  /** Takes options given in code; `false` when the engine was started before and they came too late. */
  readonly configure: (options: object) => boolean
  /** What the recorders follow; changed when the engine has read the configuration. */
  readonly http: HttpOptions
  readonly hooks: Hooks
}

/** Functions of the application's, given in code. */
export interface Hooks {
  onError?: (error: Error) => void
}

/**
 * Sets up recording in this thread. In the main thread the engine starts with the first server that listens, the
 * first operation or the first word from a worker thread, so that build tools and short-lived children pay nothing.
 */
export function start(logger: Logger): Running {
  let limitsOf = limits(defaultTargets)
  const hooks: Hooks = {}
  let line: Line | undefined
  const tellError = (text: string): void => {
    try {
      hooks.onError?.(new Error(text))
    } catch {
      // Whoever is told of errors must not cause more.
    }
  }
  const ledger = new Ledger({
    thread: threadId,
    scopes: new AsyncLocalStorage<Scope | undefined>(),
    now: () => performance.now(),
    limits: (component, name) => limitsOf(component, name),
    announce: (announcement) => {
      if (announcement.kind === 'error') tellError(announcement.text)
      if (line === undefined && announcement.kind === 'series') begin()
      else line?.say({ kind: 'announcement', announcement })
    },
  })
  const options: object = {}
  const engine = isMainThread
    ? new EngineThread({
        entry: engineEntry(),
        options,
        directory: process.cwd(),
        logger,
        announcements: () => ledger.announced,
        onError: tellError,
      })
    : undefined
  const http: HttpOptions = { grade: () => ledger.loop.grade }

  // What other threads said while no engine listened; they may have ended by the time one does.
  let heard: LineMessage[] = []
  const repeat = (): void => {
    for (const message of heard) line?.say(message)
    heard = []
    for (const announcement of ledger.announced) line?.say({ kind: 'announcement', announcement })
  }
  const keep = (message: LineMessage): void => {
    if (engine !== undefined && !engine.listening && heard.length < MOST_HEARD) heard.push(message)
  }
  const hear = (message: LineMessage): void => {
    switch (message.kind) {
      case 'repeat':
        repeat()
        return
      case 'settings':
        limitsOf = limits(message.settings.targets)
        ledger.bound(message.settings)
        Object.assign(http, message.settings)
        return
      case 'announcement':
      case 'ended':
        keep(message)
        engine?.start()
    }
  }
  const open = (): void => {
    line ??= openLine(hear)
  }
  const begin = (): void => {
    if (line === undefined) {
      open()
      repeat()
    }
    engine?.start()
  }

  const attached = recorders({ http }).map((recorder) => {
    recorder.attach(ledger)
    return { name: recorder.name, state: 'attached' as const }
  })
  engine?.recordersAre(attached)

  if (isMainThread) {
    subscribe('tracing:net.server.listen:asyncEnd', (message) => {
      if ((message as { readonly server?: unknown }).server instanceof nodeHttp.Server) begin()
    })
  } else {
    process.on('exit', () => {
      ledger.loop.close()
      line?.say({ kind: 'ended', thread: threadId })
    })
  }
  subscribe('worker_threads', (message) => {
    const { worker } = message as { readonly worker: Worker }
    const thread = worker.threadId
    open()
    // A terminated thread says nothing itself.
    worker.once('exit', () => {
      line?.say({ kind: 'ended', thread })
      keep({ kind: 'ended', thread })
    })
  })

  const configure = (given: object): boolean => {
    if (engine === undefined || engine.started) return false
    Object.assign(options, given)
    return true
  }
  return { yardstick: new Yardstick(ledger, engine), configure, http, hooks }
}

function engineEntry(): URL {
  // Run from its sources (tests) or as published.
  return new URL(
    import.meta.url.endsWith('.ts') ? './engine-thread.ts' : './engine-thread.js',
    import.meta.url,
  )
}
