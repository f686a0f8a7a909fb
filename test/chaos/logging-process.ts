import { resolve } from 'node:path'
import { type Application, application, portOf } from '../e2e/application.ts'

const YARDSTICK = JSON.stringify(resolve('dist/index.js'))
/** How long an operation of the log took, by its place in it; every fiftieth failed. */
export const durationMs = (at: number): number => (at * 37) % 101
export const isFailed = (at: number): boolean => at % 50 === 0

/** Records a log of its own under its own name, tells how far it is, and looks at what its engine says of itself. */
const source = (name: string): string => `
  const { yardstick } = require(${YARDSTICK})
  const ys = yardstick()
  const durationMs = ${durationMs}
  const isFailed = ${isFailed}
  let begun = 0
  let recorded = 0
  const recording = setInterval(() => {
    // Said first: what is recorded is never more than what was said.
    begun += 4
    process.send({ begun })
    while (recorded < begun) {
      ys.record('database', ${JSON.stringify(name)}, durationMs(recorded), { failed: isFailed(recorded) })
      recorded++
    }
  }, 20)
  process.on('message', () => {
    clearInterval(recording)
    process.send({ final: recorded })
  })
  async function get(path) {
    const answer = await ys.fetch(new Request('http://localhost/api/v1/performance' + path), { granted: true })
    return answer.ok ? answer.json() : undefined
  }
  async function look() {
    const before = recorded
    const instances = await get('/instances')
    const self = await get('/self')
    if (instances !== undefined && self !== undefined) {
      const holds = instances.coverage === 'service' && instances.instances[0].pid === process.pid
      process.send({ look: { recorded: before, cycles: self.engine.cycles, queued: self.store.queued, holds } })
    }
    setTimeout(look, 100)
  }
  look()`

interface Look {
  /** What was recorded before the engine was asked. */
  readonly recorded: number
  readonly cycles: number
  /** Batches that wait for the store. */
  readonly queued: number
  readonly holds: boolean
}

interface Said {
  readonly begun?: number
  readonly final?: number
  readonly look?: Look
}

export interface LoggingOptions {
  readonly name: string
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
  /** Cycles from one flush to the next. */
  readonly cyclesAFlush: number
}

/**
 * A service that records a log of its own until it is killed. Which part of it must have survived is known without any
 * clock: what was recorded before a look is read by the second cycle after it at the latest, and saved a flush later,
 * once nothing is queued any more.
 */
export class LoggingProcess {
  readonly name: string
  readonly #app: Application
  readonly #cyclesAFlush: number
  #begun = 0
  #safe = 0
  #looks: Look[] = []
  #holds = false
  #final: ((recorded: number) => void) | undefined

  constructor({ name, directory, env, cyclesAFlush }: LoggingOptions) {
    this.name = name
    this.#cyclesAFlush = cyclesAFlush
    this.#app = application(source(name), { directory, env, file: `${name}.cjs`, flags: [] })
    this.#app.child.on('message', (said: Said) => this.#hear(said))
  }

  /** Operations that may have been recorded: at most so many are found. */
  get begun(): number {
    return this.#begun
  }

  /** Operations that are older than a flush: at least so many are found. */
  get safe(): number {
    return this.#safe
  }

  /** Whether it held the lease when it was last asked. */
  get holds(): boolean {
    return this.#holds
  }

  get stderr(): string {
    return this.#app.stderr()
  }

  port(): Promise<string> {
    return portOf(this.#app)
  }

  /** Stops recording; how many operations its log has. */
  end(): Promise<number> {
    const final = new Promise<number>((resolve) => {
      this.#final = resolve
    })
    this.#app.child.send('end')
    return final
  }

  kill(): Promise<void> {
    return this.#app.close()
  }

  #hear({ begun, final, look }: Said): void {
    if (begun !== undefined) this.#begun = begun
    if (final !== undefined) this.#final?.(final)
    if (look === undefined) return
    this.#holds = look.holds
    this.#looks.push(look)
    if (look.queued > 0) return
    const old = this.#looks.filter(({ cycles }) => cycles + 1 + this.#cyclesAFlush <= look.cycles)
    this.#safe = Math.max(this.#safe, ...old.map(({ recorded }) => recorded))
    this.#looks = this.#looks.slice(Math.max(0, old.length - 1))
  }
}
