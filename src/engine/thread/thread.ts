import { Worker, type WorkerOptions } from 'node:worker_threads'
import { type Clock, systemClock } from '../../ground/clock.ts'
import { YardstickError } from '../../ground/errors.ts'
import type { Logger } from '../../ground/logger.ts'
import type { Announcement } from '../../measure/announcement.ts'
import { type AlertCallback, AlertListeners } from '../alerting/alert-listeners.ts'
import type { SelfReport } from '../snapshot.ts'
import type {
  EngineWorkerData,
  ForwardedRequest,
  ForwardedResponse,
  FromEngine,
  ToEngine,
} from './messages.ts'
import { plainProblem } from './plain-problem.ts'
import type { ThreadSettings } from './thread-settings.ts'

const FIRST_RESTART_MS = 1_000
const LONGEST_RESTART_MS = 60_000
/** An engine that ran this long is in order: the next pause is the first one again. */
const STEADY_MS = 60_000
const FLUSH_MS = 50
const HEAP_MB = 256
/** Most of what a cycle allocates dies in it. V8's own choice kept 50 MB of such garbage resident. */
const YOUNG_MB = 4
const ANSWER_MS = 10_000
const CONFIGURING_MS = 10_000
/** Requests from mounted routers under way at a time. */
const LARGEST_WAITING = 100
const COMING_BACK = 'The engine is being started again; ask once more in a few seconds.'
const GONE =
  'The engine was stopped, switched off or could not start; the log of the application says which. It takes a restart.'

export interface EngineThreadOptions {
  /** The module that the thread runs. */
  readonly entry: URL
  readonly options: unknown
  readonly directory: string
  readonly logger: Logger
  /** What the main thread has announced so far: an engine that starts again hears it again. */
  readonly announcements: () => readonly Announcement[]
  /** Hears what the configuration says to recording threads. */
  readonly onSettings: (settings: ThreadSettings) => void
  /** Hears of callbacks of the application's that failed. */
  readonly onFailedCallback: (error: unknown) => void
  /** Hears the engine's own errors. */
  readonly onError: (text: string) => void
  /** Default: the system's. */
  readonly clock?: Clock
}

/**
 * The engine's own thread, seen from the application's main thread: starts it, starts it again with growing pauses
 * when it dies, flushes it when the process exits. It never keeps the process alive.
 */
export class EngineThread {
  readonly #options: EngineThreadOptions
  readonly #clock: Clock
  readonly #listeners: AlertListeners
  readonly #flushed = new Int32Array(new SharedArrayBuffer(4))
  readonly #read = new Float64Array(new SharedArrayBuffer(8))
  /** Each takes the answer, or why there is none. */
  readonly #waiting = new Map<number, (answer: ForwardedResponse | string) => void>()
  readonly #started = Promise.withResolvers<string | undefined>()
  #worker: Worker | undefined
  #spawnedMs = 0
  #spawning = false
  #restart: NodeJS.Timeout | undefined
  /** Runs while the thread loads the configuration. */
  #configuring: NodeJS.Timeout | undefined
  #stuck = false
  #restarts = 0
  #restartMs = FIRST_RESTART_MS
  #requests = 0
  #recorders: SelfReport['recorders'] = []
  #state: 'idle' | 'running' | 'stopped' = 'idle'
  #listening = false
  /** How many wait for the thread and therefore keep the process alive. */
  #holders = 0

  constructor(options: EngineThreadOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#listeners = new AlertListeners(options.onFailedCallback)
    this.#read[0] = this.#clock.wallMs()
    // Nobody has to ask for it: a rejection that nobody awaits must not end the application.
    this.#started.promise.catch(() => {})
  }

  /**
   * The URL of Yardstick's own port (`undefined` when it has none) once the engine runs. The one thing that keeps the
   * process alive: whoever asks waits for the answer.
   */
  ready(): Promise<string | undefined> {
    this.start()
    return this.#holding(this.#started.promise)
  }

  /** Starts the thread, unless that was done before. */
  start(): void {
    if (this.#state !== 'idle') return
    this.#state = 'running'
    process.on('exit', this.#flush)
    this.#spawn()
  }

  get started(): boolean {
    return this.#state !== 'idle'
  }

  /** Whether the thread that is being made is the engine's, not one of the application's. */
  get spawning(): boolean {
    return this.#spawning
  }

  /** Whether an engine will come that does not hear the line yet. */
  get awaited(): boolean {
    return this.#state !== 'stopped' && !this.#listening
  }

  /** Tells the engine of a tally of the main thread's, or of an error there. */
  announce(announcement: Announcement): void {
    this.#post({ kind: 'announcement', announcement })
  }

  /** Has a callback called with what happens to alerts; gives what takes it off again. */
  onAlert(callback: AlertCallback): () => void {
    if (this.#listeners.size === 0) this.#post({ kind: 'listen' })
    return this.#listeners.add(callback)
  }

  recordersAre(recorders: SelfReport['recorders']): void {
    this.#recorders = recorders
    this.#post({ kind: 'recorders', recorders })
  }

  /** Has the engine answer; at once with `unavailable` while there is none. */
  async request(request: ForwardedRequest): Promise<ForwardedResponse> {
    this.start()
    if (this.#worker === undefined || this.#state !== 'running') {
      return plainProblem('unavailable', this.#state === 'running' ? COMING_BACK : GONE, request.path)
    }
    if (this.#waiting.size >= LARGEST_WAITING) {
      const detail = `Expected at most ${LARGEST_WAITING} requests at a time; ask once more in a few seconds.`
      return plainProblem('unavailable', detail, request.path)
    }
    const id = ++this.#requests
    // First, because it may throw: then nobody waits.
    this.#post({ kind: 'request', id, request })
    const { promise, resolve } = Promise.withResolvers<ForwardedResponse | string>()
    const late = setTimeout(
      () => resolve(`The engine did not answer within ${ANSWER_MS / 1000} s.`),
      ANSWER_MS,
    )
    late.unref()
    this.#waiting.set(id, resolve)
    const answer = await promise
    clearTimeout(late)
    this.#waiting.delete(id)
    return typeof answer === 'string' ? plainProblem('unavailable', answer, request.path) : answer
  }

  /** Saves, closes the port and ends the thread. */
  async stop(): Promise<void> {
    const worker = this.#worker
    this.#state = 'stopped'
    clearTimeout(this.#restart)
    this.#started.resolve(undefined)
    process.off('exit', this.#flush)
    if (worker === undefined) return
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    this.#post({ kind: 'stop' })
    if (this.#stuck) void worker.terminate()
    await this.#holding(ended)
  }

  /** Keeps the process alive until the promise is settled, also while the thread is started again. */
  async #holding<T>(promise: Promise<T>): Promise<T> {
    this.#holders++
    this.#worker?.ref()
    this.#restart?.ref()
    try {
      return await promise
    } finally {
      if (--this.#holders === 0) {
        this.#worker?.unref()
        this.#restart?.unref()
      }
    }
  }

  #spawn(): void {
    const { logger } = this.#options
    this.#spawnedMs = this.#clock.monotonicMs()
    try {
      this.#spawning = true
      this.#worker = this.#newWorker()
    } catch (error) {
      // A process that may not have threads (`--permission`) runs on unmeasured.
      const reason = error instanceof Error ? error.message : String(error)
      const failure = new YardstickError('YS_ENGINE', `the engine's thread could not be started: ${reason}`)
      this.#state = 'stopped'
      this.#started.reject(failure)
      logger.warn(`${failure.message} (YS_ENGINE)`)
      return
    } finally {
      this.#spawning = false
    }
    const worker = this.#worker
    worker.on('message', (message: FromEngine) => this.#hear(message))
    worker.on('error', (error) => logger.warn(`Yardstick's engine failed: ${error.message} (YS_ENGINE)`))
    worker.on('exit', () => this.#ended())
    this.#configuring = setTimeout(() => {
      this.#stuck = true
      // It will not hear that it is to stop.
      if (this.#state === 'stopped') void worker.terminate()
      else
        logger.warn(
          `the configuration has not finished loading after ${CONFIGURING_MS / 1000} s; nothing is judged, shown or saved until it ` +
            'has, the application runs on. Does yardstick.config.* loop, or wait for something that does not come? (YS_CONFIG_FILE)',
        )
    }, CONFIGURING_MS)
    this.#configuring.unref()
    // Last: listening for messages makes the thread hold the process again.
    if (this.#holders === 0) worker.unref()
    if (this.#recorders.length > 0) this.recordersAre(this.#recorders)
    if (this.#listeners.size > 0) this.#post({ kind: 'listen' })
    for (const announcement of this.#options.announcements()) this.announce(announcement)
  }

  #newWorker(): Worker {
    const { entry, options, directory } = this.#options
    const { NODE_OPTIONS: _, ...env } = process.env
    const flushed = this.#flushed.buffer as SharedArrayBuffer
    const read = this.#read.buffer as SharedArrayBuffer
    const program = process.send === undefined ? process.argv[1] : undefined
    const workerData: EngineWorkerData = {
      ...{ options, directory, program, flushed, read, restarts: this.#restarts },
    }
    const workerOptions: WorkerOptions = {
      name: 'yardstick',
      workerData,
      // No preload of the application's may run in here, ours included.
      execArgv: [],
      env,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    }
    // What the application adds to Object.prototype (`eval`, `stdin`) is no option of ours.
    return new Worker(entry, Object.setPrototypeOf(workerOptions, null))
  }

  #hear(message: FromEngine): void {
    this.#configured()
    switch (message.kind) {
      case 'configured':
        return
      case 'ready':
        this.#listening = true
        this.#started.resolve(message.url)
        return
      case 'alert':
        this.#listeners.hear(message.news)
        return
      case 'settings':
        this.#options.onSettings(message.settings)
        return
      case 'disabled':
        this.#state = 'stopped'
        this.#started.resolve(undefined)
        return
      case 'error':
        this.#options.onError(message.text)
        return
      case 'refused':
        // A wrong configuration does not get better by starting again.
        this.#state = 'stopped'
        this.#options.logger.warn(`${message.message}\nMend it and restart: nothing is measured until then.`)
        this.#started.reject(new YardstickError(message.code as YardstickError['code'], message.message))
        return
      case 'response':
        this.#waiting.get(message.id)?.(message.response)
        return
    }
  }

  #configured(): void {
    clearTimeout(this.#configuring)
    this.#stuck = false
  }

  #ended(): void {
    this.#configured()
    this.#worker = undefined
    this.#listening = false
    for (const resolve of this.#waiting.values()) resolve(this.#state === 'running' ? COMING_BACK : GONE)
    this.#waiting.clear()
    if (this.#state !== 'running') return
    this.#restarts++
    if (this.#clock.monotonicMs() - this.#spawnedMs >= STEADY_MS) this.#restartMs = FIRST_RESTART_MS
    this.#options.logger.warn(
      `Yardstick's engine stopped; it is started again in ${this.#restartMs / 1000} s (YS_ENGINE).`,
    )
    this.#restart = setTimeout(() => {
      this.#restart = undefined
      if (this.#state === 'running') this.#spawn()
    }, this.#restartMs)
    if (this.#holders === 0) this.#restart.unref()
    this.#restartMs = Math.min(this.#restartMs * 2, LONGEST_RESTART_MS)
  }

  readonly #flush = (): void => {
    if (this.#worker === undefined) return
    Atomics.store(this.#flushed, 0, 0)
    this.#post({ kind: 'flush' })
    Atomics.wait(this.#flushed, 0, 0, FLUSH_MS)
  }

  #post(message: ToEngine): void {
    this.#worker?.postMessage(message)
  }
}
