import { SafeMap } from '../../ground/safe-map.ts'
import type { RequestTally } from '../../measure/request-tally.ts'
import { Scope } from '../../measure/scope.ts'
import type { Instrument } from '../libraries/instrument.ts'

/** Where the time is that a job was ready and nobody had begun it. */
const JOB_WAIT = 'job_wait'
/** Kinds of jobs are few; an application that makes up their names must not make us remember them. */
const REMEMBERED = 300

/** One attempt at a job, under way. What runs in its scope belongs to it as to a request. */
export interface Attempt {
  readonly tally: RequestTally
  readonly scope: Scope
}

/** Attempts at the jobs of one library, by queue and kind: `job` / `mail/welcome`. */
export class Attempts {
  readonly #instrument: Instrument
  readonly #tallies = new SafeMap<string, SafeMap<string, RequestTally>>()

  constructor(instrument: Instrument) {
    this.#instrument = instrument
  }

  /** @param kind is empty where a queue has jobs of one kind only */
  begin(queue: string, kind: string): Attempt {
    const tally = this.#tallies.get(queue)?.get(kind) ?? this.#open(queue, kind)
    return { tally, scope: new Scope(this.#instrument.ledger.now()) }
  }

  /** Takes down how long a job was ready; it is told by clocks of hosts that need not agree. */
  waited(name: string, ms: number): void {
    const { ledger } = this.#instrument
    ledger.scopes.run(undefined, () => ledger.primitive(JOB_WAIT, name).record(Math.max(0, ms)))
  }

  end({ tally, scope }: Attempt, failed: boolean): void {
    try {
      tally.recordRequest(scope, this.#instrument.ledger.now(), failed, 0)
    } catch (error) {
      this.#instrument.caught(error)
    }
  }

  /** Runs the application's function, for a library that awaits what comes of it, a throw included. */
  async run(attempt: Attempt, work: () => unknown, isPutOff: (error: unknown) => boolean): Promise<unknown> {
    try {
      const result = await this.#instrument.ledger.scopes.run(attempt.scope, work)
      this.end(attempt, false)
      return result
    } catch (error) {
      this.end(attempt, this.#instrument.safely(() => isPutOff(error)) !== true)
      throw error
    }
  }

  #open(queue: string, kind: string): RequestTally {
    const tally = this.#instrument.ledger.jobTally(kind === '' ? queue : `${queue}/${kind}`)
    const known = this.#tallies.get(queue) ?? new SafeMap<string, RequestTally>()
    if (known.size < REMEMBERED && this.#tallies.size < REMEMBERED) {
      this.#tallies.set(queue, known.set(kind, tally))
    }
    return tally
  }
}
