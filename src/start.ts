import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import { isMainThread, threadId, type Worker } from 'node:worker_threads'
import { type Line, type LineMessage, openLine } from './engine/thread/line.ts'
import { LineMemory } from './engine/thread/line-memory.ts'
import { EngineThread } from './engine/thread/thread.ts'
import type { ThreadSettings } from './engine/thread/thread-settings.ts'
import { Yardstick } from './engine/yardstick.ts'
import { systemClock } from './ground/clock.ts'
import type { Logger } from './ground/logger.ts'
import { nodeHttp } from './ground/node-http.ts'
import { Ledger } from './measure/ledger.ts'
import type { Scope } from './measure/scope.ts'
import type { HttpOptions } from './recorders/requests/http-options.ts'
import { RuntimeRecorder } from './recorders/runtime/recorder.ts'
import { recorders } from './recorders/table.ts'
import { standardError } from './standard-error.ts'
import { defaultTargets } from './targets/defaults.ts'
import { limits } from './targets/limits.ts'
import { slowLimit } from './targets/slow-limit.ts'

/** What is running in this thread. */
export interface Running {
  readonly yardstick: Yardstick
  readonly ledger: Ledger
  /** Takes options given in code; `false` when the engine was started before and they came too late. */
  readonly configure: (options: object) => boolean
  /** What the recorders follow; changed when the engine has read the configuration. */
  readonly http: Writable<HttpOptions>
  readonly hooks: Hooks
  readonly logger: Logger
}

/** Functions of the application's, given in code. */
export interface Hooks {
  onError?: (error: Error) => void
  logger?: Logger
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * Sets up recording in this thread. In the main thread the engine starts with the first server that listens, the
 * first operation that is begun or the first word from a worker thread, so that build tools and short-lived children
 * pay nothing.
 */
export function start(): Running {
  const hooks: Hooks = {}
  const logger = guarded(hooks)
  const tellError = (text: string): void => {
    try {
      hooks.onError?.(new Error(text))
    } catch {
      // Whoever is told of errors must not cause more.
    }
  }

  const options: object = {}
  const engine = isMainThread
    ? new EngineThread({
        entry: engineEntry(),
        options,
        directory: currentDirectory(),
        logger,
        announcements: () => ledger.announced,
        onSettings: (settings) => follow(settings),
        onFailedCallback: (error) => ledger.swallow('onAlert', error),
        onError: tellError,
      })
    : undefined
  let line: Line | undefined
  let limitsOf = limits(defaultTargets)
  let early = true
  const ledger = new Ledger({
    thread: threadId,
    scopes: new AsyncLocalStorage<Scope | undefined>(),
    now: systemClock.monotonicMs,
    limits: (component, name) => limitsOf(component, name),
    early: () => early,
    slowFrom: slowLimit(defaultTargets),
    announce: (announcement) => {
      if (announcement.kind === 'error') tellError(announcement.text)
      if (announcement.kind === 'series') begin()
      if (engine !== undefined) engine.announce(announcement)
      else line?.say({ kind: 'announcement', announcement })
    },
  })
  const http: Writable<HttpOptions> = { grade: () => ledger.loop.grade }

  const runtime = new RuntimeRecorder(ledger)
  const follow = (settings: ThreadSettings): void => {
    limitsOf = limits(settings.targets)
    early = false
    ledger.bound(settings)
    ledger.slowFrom(slowLimit(settings.targets))
    Object.assign(http, settings)
    runtime.follow(settings.runtime !== 'off')
    ledger.layers.declare(settings.layers)
  }
  const memory = new LineMemory()
  const repeat = (): void => {
    for (const message of memory.take()) line?.say(message)
    if (engine !== undefined) return
    for (const announcement of ledger.announced) line?.say({ kind: 'announcement', announcement })
  }
  const hear = (message: LineMessage): void => {
    switch (message.kind) {
      case 'repeat':
        repeat()
        return
      case 'settings':
        if (message.thread === undefined || message.thread === threadId) follow(message.settings)
        return
      case 'announcement':
        if (engine?.awaited === true) memory.keep(message)
        engine?.start()
        return
      case 'ended':
        if (engine?.awaited === true) memory.keep(message)
        else memory.forget(message.thread)
    }
  }
  const open = (): void => {
    line ??= openLine(hear, (error) => ledger.swallow('line', error))
  }
  const begin = (): void => {
    if (engine !== undefined) engine.start()
    else if (line === undefined) {
      open()
      repeat()
    }
  }

  const attached = recorders({ http }).map((recorder) => {
    try {
      recorder.attach(ledger)
      const state = recorder.libraries === undefined ? ('attached' as const) : ('waiting' as const)
      return { name: recorder.name, state }
    } catch (error) {
      // Somebody has frozen what it had to patch: the others still record.
      ledger.swallow(recorder.name, error)
      return {
        name: recorder.name,
        state: 'degraded' as const,
        detail: `could not be attached: ${String(error)}`,
      }
    }
  })
  engine?.recordersAre(attached)

  if (isMainThread) {
    subscribe('tracing:net.server.listen:asyncEnd', (message) => {
      // A subscriber that throws would end the application.
      try {
        if ((message as { readonly server?: unknown }).server instanceof nodeHttp.Server) begin()
      } catch (error) {
        ledger.swallow('start', error)
      }
    })
  } else {
    process.on('exit', () => line?.say({ kind: 'ended', thread: threadId }))
  }
  subscribe('worker_threads', (message) => {
    if (engine?.spawning === true) return
    try {
      watch(message)
    } catch (error) {
      ledger.swallow('worker threads', error)
    }
  })
  const watch = (message: unknown): void => {
    const { worker } = message as { readonly worker: Worker }
    const thread = worker.threadId
    open()
    // A terminated thread says nothing itself.
    worker.once('exit', () => {
      const ended = { kind: 'ended', thread } as const
      line?.say(ended)
      hear(ended)
    })
  }

  const configure = (given: object): boolean => {
    if (engine === undefined || engine.started) return false
    Object.assign(options, given)
    return true
  }
  return { yardstick: new Yardstick(ledger, engine), ledger, configure, http, hooks, logger }
}

/** What Yardstick says goes where the application wants it; a logger that fails is passed over. */
function guarded(hooks: Hooks): Logger {
  const say = (level: keyof Logger, message: string): void => {
    try {
      if (hooks.logger === undefined) standardError[level](message)
      else hooks.logger[level](message)
    } catch {
      standardError[level](message)
    }
  }
  return { info: (message) => say('info', message), warn: (message) => say('warn', message) }
}

/** The directory may be gone: then there is no configuration to be found, and the store says that it cannot be made. */
function currentDirectory(): string {
  try {
    return process.cwd()
  } catch {
    // Loaded only now: it is not to be a part of every start.
    return process.getBuiltinModule('node:os').tmpdir()
  }
}

function engineEntry(): URL {
  // Run from its sources (tests) or as published.
  return new URL(
    import.meta.url.endsWith('.ts') ? './engine-thread.ts' : './engine-thread.js',
    import.meta.url,
  )
}
