import type { Recorder } from '../../measure/recorder.ts'
import type { RequestTally } from '../../measure/request-tally.ts'
import { Scope } from '../../measure/scope.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'

/** Where the time is that a job was ready and nobody had begun it, one series a queue. */
const JOB_WAIT = 'job_wait'
/** Kinds of jobs are few; an application that makes up their names must not make us remember them. */
const REMEMBERED = 300
/** The name of jobs that were added without one. */
const UNNAMED = '__default__'
/** What a processor throws to put its job off: it has not failed. */
const PUT_OFF: ReadonlySet<string> = new Set([
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
 * in the component `job_wait`. Of a processor in a file of its own (sandboxed) what runs in it is recorded over there.
 */
export function bullmq(): Recorder {
  return library({
    name: 'bullmq',
    versions: { bullmq: '>=5.0 <6.8' },
    files: { 'bullmq/dist/cjs/classes/worker.js': watch },
  })
}

function watch(exports: { readonly Worker: { readonly prototype: object } }, instrument: Instrument): void {
  const { ledger } = instrument
  const tallies = new Map<string, Map<string, RequestTally>>()
  const begin = (queue: string, job: Job): Running => {
    const { name, timestamp, processedOn, attemptsMade, attemptsStarted, opts } = job
    const tally = tallies.get(queue)?.get(name) ?? open(queue, name)
    if (processedOn !== undefined && attemptsMade === 0 && attemptsStarted <= 1) {
      // Both times are told by clocks of hosts that need not agree.
      const waitedMs = Math.max(0, processedOn - timestamp - (opts.delay ?? 0))
      ledger.scopes.run(undefined, () => ledger.primitive(JOB_WAIT, queue).record(waitedMs))
    }
    return { tally, scope: new Scope(ledger.now()) }
  }
  const open = (queue: string, name: string): RequestTally => {
    const tally = ledger.jobTally(name === '' || name === UNNAMED ? queue : `${queue}/${name}`)
    const known = tallies.get(queue) ?? new Map<string, RequestTally>()
    if (known.size < REMEMBERED && tallies.size < REMEMBERED) tallies.set(queue, known.set(name, tally))
    return tally
  }
  const end = ({ tally, scope }: Running, failed: boolean): void => {
    try {
      tally.recordRequest(scope, ledger.now(), failed, 0)
    } catch (error) {
      instrument.caught(error)
    }
  }
  instrument.replace(exports.Worker.prototype, 'callProcessJob', (original) => {
    // What comes of it, a throw included, the worker awaits.
    return async function callProcessJob(this: unknown, ...given: unknown[]): Promise<unknown> {
      const running = instrument.safely(() => begin((this as Worker).name, given[0] as Job))
      if (running === undefined) return original.apply(this, given)
      try {
        const result = await ledger.scopes.run(running.scope, () => original.apply(this, given))
        end(running, false)
        return result
      } catch (error) {
        end(running, !PUT_OFF.has((error as Error | undefined)?.name ?? ''))
        throw error
      }
    } as typeof original
  })
}

interface Running {
  readonly tally: RequestTally
  readonly scope: Scope
}
