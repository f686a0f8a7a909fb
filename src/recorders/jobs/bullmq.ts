import { SafeSet } from '../../ground/safe-map.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { type Attempt, Attempts } from './attempts.ts'

/** The name of jobs that were added without one. */
const UNNAMED = '__default__'
/** What a processor throws to put its job off: it has not failed. */
const PUT_OFF: ReadonlySet<string> = new SafeSet([
  'DelayedError',
  'RateLimitError',
  'WaitingChildrenError',
  'WaitingError',
])

interface Job {
  readonly name: string
  /** When it was added, and when it was begun, ms since 1970. */
  readonly timestamp: number
  readonly processedOn?: number
  readonly attemptsMade: number
  readonly attemptsStarted: number
  readonly opts: { readonly delay?: number }
}

interface Worker {
  /** The queue's. */
  readonly name: string
}

/**
 * Jobs of `bullmq`, each attempt from the call of its processor to what comes of it, by queue and name: `job` /
 * `mail/welcome`. What runs in it belongs to it as to a request. How long it was ready before its first attempt is apart,
 * in the component `job_wait`, one series a queue. Of a processor in a file of its own (sandboxed) what runs in it is
 * recorded over there.
 */
export function bullmq(): Recorder {
  return library({
    name: 'bullmq',
    versions: { bullmq: '>=5.0 <6.8' },
    files: { 'bullmq/dist/cjs/classes/worker.js': watch },
  })
}

function watch(exports: { readonly Worker: { readonly prototype: object } }, instrument: Instrument): void {
  const attempts = new Attempts(instrument)
  const begin = (queue: string, job: Job): Attempt => {
    const { name, timestamp, processedOn, attemptsMade, attemptsStarted, opts } = job
    if (processedOn !== undefined && attemptsMade === 0 && attemptsStarted <= 1) {
      attempts.waited(queue, processedOn - timestamp - (opts.delay ?? 0))
    }
    return attempts.begin(queue, name === UNNAMED ? '' : name)
  }
  instrument.replace(exports.Worker.prototype, 'callProcessJob', (original) => {
    return function callProcessJob(this: unknown, ...given: unknown[]): unknown {
      const attempt = instrument.safely(() => begin((this as Worker).name, given[0] as Job))
      if (attempt === undefined) return original.apply(this, given)
      return attempts.run(attempt, () => original.apply(this, given), isPutOff)
    } as typeof original
  })
}

function isPutOff(error: unknown): boolean {
  return PUT_OFF.has((error as Error | undefined)?.name ?? '')
}
