import { Worker } from 'node:worker_threads'
import { systemClock } from '../ground/clock.ts'
import { YardstickError } from '../ground/errors.ts'
import type { Logger } from '../ground/logger.ts'
import type { Announcement } from '../measure/announcement.ts'
import type {
  EngineWorkerData,
  ForwardedRequest,
  ForwardedResponse,
  FromEngine,
  ToEngine,
} from './messages.ts'
import { plainProblem } from './plain-problem.ts'
import type { SelfReport } from './snapshot.ts'

const FIRST_RESTART_MS = 1_000
const LONGEST_RESTART_MS = 60_000
const FLUSH_MS = 50
const HEAP_MB = 256
const ANSWER_MS = 10_000

export interface EngineThreadOptions {
  /** The module that the thread runs. */
  readonly entry: URL
  readonly options: unknown
  readonly directory: string
  readonly logger: Logger
  /** The main thread's own tallies, for the last reading. */
  readonly announcements: () => readonly Announcement[]
  /** Hears the engine's own errors. */
  readonly onError: (text: string) => void
}

/**
 * The engine's own thread, seen from the application's main thread: starts it, starts it again with growing pauses
 * when it dies, flushes it when the process exits. It never keeps the process alive.
 */
export class EngineThread {
  readonly #options: EngineThreadOptions
  readonly #flushed = new Int32Array(new SharedArrayBuffer(4))
  readonly #read = new Float64Array(new SharedArrayBuffer(8))
  readonly #waiting = new Map<number, (response: ForwardedResponse) => void>()
  readonly #started = Promise.withResolvers<string | undefined>()
  #worker: Worker | undefined
  #restarts = 0
  #restartMs = FIRST_RESTART_MS
  #requests = 0
  #recorders: SelfReport['recorders'] = []
  #state: 'idle' | 'running' | 'stopped' = 'idle'
  #listening = false

  constructor(options: EngineThreadOptions) {
    this.#options = options
    this.#read[0] = systemClock.wallMs()
    // Nobody has to ask for it: a rejection that nobody awaits must not end the application.
    this.#started.promise.catch(() => {})
  }

  /**
   * The URL of Yardstick's own port (`undefined` when it has none) once the engine runs. The one thing that keeps the
   * process alive: whoever asks waits for the answer.
   */
  async ready(): Promise<string | undefined> {
    this.start()
    this.#worker?.ref()
    try {
      return await this.#started.promise
    } finally {
      this.#worker?.unref()
    }
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

  /** Whether an engine will come that does not hear the line yet. */
  get awaited(): boolean {
    return this.#state !== 'stopped' && !this.#listening
  }

  recordersAre(recorders: SelfReport['recorders']): void {
    this.#recorders = recorders
    this.#post({ kind: 'recorders', recorders })
  }

  request(request: ForwardedRequest): Promise<ForwardedResponse> {
    this.start()
    const id = ++this.#requests
    const { promise, resolve } = Promise.withResolvers<ForwardedResponse>()
    const late = setTimeout(() => {
      this.#waiting.delete(id)
      resolve(
        plainProblem('unavailable', 'The engine is being started again; ask once more in a few seconds.'),
      )
    }, ANSWER_MS)
    this.#waiting.set(id, (response) => {
      clearTimeout(late)
      resolve(response)
    })
    this.#post({ kind: 'request', id, request })
    return promise
  }

  /** Saves, closes the port and ends the thread. */
  async stop(): Promise<void> {
    const worker = this.#worker
    this.#state = 'stopped'
    process.off('exit', this.#flush)
    if (worker === undefined) return
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    worker.ref()
    this.#post({ kind: 'stop' })
    await ended
  }

  #spawn(): void {
    const { entry, options, directory, logger } = this.#options
    const { NODE_OPTIONS: _, ...env } = process.env
    const flushed = this.#flushed.buffer as SharedArrayBuffer
    const read = this.#read.buffer as SharedArrayBuffer
    const workerData: EngineWorkerData = { options, directory, flushed, read, restarts: this.#restarts }
    const worker = new Worker(entry, {
      name: 'yardstick',
      workerData,
      // No preload of the application's may run in here, ours included.
      execArgv: [],
      env,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    })
    this.#worker = worker
    worker.on('message', (message: FromEngine) => this.#hear(message))
    worker.on('error', (error) => logger.warn(`Yardstick's engine failed: ${error.message}`))
    worker.on('exit', () => this.#ended())
    // Last: listening for messages makes the thread hold the process again.
    worker.unref()
    if (this.#recorders.length > 0) this.recordersAre(this.#recorders)
  }

  #hear(message: FromEngine): void {
    switch (message.kind) {
      case 'ready':
        this.#listening = true
        this.#restartMs = FIRST_RESTART_MS
        this.#started.resolve(message.url)
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
        this.#options.logger.warn(message.message)
        this.#started.reject(new YardstickError(message.code as YardstickError['code'], message.message))
        return
      case 'response':
        this.#waiting.get(message.id)?.(message.response)
        this.#waiting.delete(message.id)
        return
    }
  }

  #ended(): void {
    this.#worker = undefined
    this.#listening = false
    for (const resolve of this.#waiting.values())
      resolve(
        plainProblem('unavailable', 'The engine is being started again; ask once more in a few seconds.'),
      )
    this.#waiting.clear()
    if (this.#state !== 'running') return
    this.#restarts++
    this.#options.logger.warn(
      `Yardstick's engine stopped; it is started again in ${this.#restartMs / 1000} s.`,
    )
    setTimeout(() => {
      if (this.#state === 'running') this.#spawn()
    }, this.#restartMs).unref()
    this.#restartMs = Math.min(this.#restartMs * 2, LONGEST_RESTART_MS)
  }

  readonly #flush = (): void => {
    if (this.#worker === undefined) return
    Atomics.store(this.#flushed, 0, 0)
    this.#post({ kind: 'flush', announcements: this.#options.announcements() })
    Atomics.wait(this.#flushed, 0, 0, FLUSH_MS)
  }

  #post(message: ToEngine): void {
    this.#worker?.postMessage(message)
  }
}
