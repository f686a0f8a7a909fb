import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Application, application, ask, folder, portOf } from '../e2e/application.ts'
import { NoticeBook } from './notice-book.ts'

const TARGETS = 40
/** A successor has to wait for the lease of the dead, which is for 5 s: earlier there would be nobody to kill. */
const LEASE_MS = 5_500
const LIFE_MS = 5_000
const PATIENCE_MS = 60_000

/**
 * Every target is bad for 12 s and good for 12 s, each a little later than the one before: more of the last minute is
 * bad, then less, and something fires or ends every second. Told so, all are bad or good, at ten times the rate.
 */
const SOURCE = `
  const { yardstick } = require(${JSON.stringify(resolve('dist/index.js'))})
  const ys = yardstick()
  let all
  process.on('message', (message) => { all = message })
  setInterval(() => {
    for (let i = 0; i < ${TARGETS}; i++) {
      const bad = all === undefined ? (Date.now() + i * 600) % 24000 < 12000 : all === 'bad'
      for (let n = all === undefined ? 2 : 20; n > 0; n--) ys.record('work', 'q' + i, bad ? 50 : 5)
    }
  }, 100)`

interface AlertAnswer {
  readonly id: string
  readonly target: string
  readonly status: string
}

interface Timeline {
  readonly timeline: readonly { readonly type: string }[]
}

interface Page {
  readonly alerts: readonly AlertAnswer[]
  readonly next_cursor: string | null
}

/** One service of one or several processes on one SQLite file, whose alerts go to a webhook receiver. */
export class AlertingService {
  readonly book: NoticeBook
  readonly #directory = folder()
  readonly #random: () => number
  #processes: Application[] = []

  private constructor(book: NoticeBook, random: () => number) {
    this.book = book
    this.#random = random
  }

  static async start(processes: number, random: () => number): Promise<AlertingService> {
    const service = new AlertingService(await NoticeBook.open(), random)
    for (let n = 0; n < processes; n++) await service.#begin()
    return service
  }

  /** Kills the process that judges at a random moment, half of the time in the middle of a delivery, and starts another. */
  async kill(): Promise<void> {
    await pause(LEASE_MS + LIFE_MS * this.#random())
    const holder = await this.#holder()
    const kill = (): void => void holder.child.kill('SIGKILL')
    if (this.#random() < 0.5) this.book.atNext(kill)
    else kill()
    await holder.ended()
    this.#processes = this.#processes.filter((one) => one !== holder)
    await this.#begin()
  }

  /** Makes all targets bad or good and waits until the notices say the same. */
  async settle(to: 'bad' | 'good'): Promise<void> {
    for (const { child } of this.#processes) child.send(to)
    const wanted = to === 'bad' ? TARGETS : 0
    const untilMs = Date.now() + PATIENCE_MS
    const firing = (): number => [...this.book.firing.values()].filter(({ size }) => size > 0).length
    while (firing() !== wanted) {
      if (Date.now() > untilMs) throw new Error(`${firing()} targets fire, not ${wanted}: ${this.#said()}`)
      await pause(100)
    }
  }

  /** Every alert that the store knows, by the API. */
  async alerts(): Promise<readonly AlertAnswer[]> {
    const alerts: AlertAnswer[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page = await this.#get(`alerts?status=all&limit=500${cursor && `&cursor=${cursor}`}`)
      alerts.push(...page.alerts)
      cursor = page.next_cursor
    }
    return alerts
  }

  /** The types of what happened to an alert, oldest first, by the API; that it was delivered is saved a little later. */
  async timeline(alert: string, deliveries: number): Promise<readonly string[]> {
    for (let tries = 0; ; tries++) {
      const answer = await this.#get<Timeline>(`alerts/${alert}`)
      const types = answer.timeline.map(({ type }) => type)
      if (tries === 30 || types.filter((type) => type === 'delivered').length >= deliveries) return types
      await pause(200)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.close()))
    await this.book.close()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  async #begin(): Promise<void> {
    const process = application(SOURCE, {
      directory: this.#directory,
      flags: [],
      env: { YARDSTICK_SERVICE: 'chaos' },
      config: {
        notifiers: { hook: { kind: 'webhook', url: this.book.url } },
        targets: Array.from({ length: TARGETS }, (_, i) => ({
          component: 'work',
          series: `q${i}`,
          id: `q${i}`,
          p50: '10ms',
        })),
        alerts: {
          policies: [{ kind: 'ratio', for: '2s', keepFiringFor: '3s' }],
          grace: { afterStart: '0s' },
          routes: [{ notifier: 'hook', groupBy: 'alert' }],
        },
      },
    })
    this.#processes.push(process)
    await portOf(process)
  }

  async #holder(): Promise<Application> {
    const [{ pid }] = (
      await this.#get<{ readonly instances: readonly [{ readonly pid: number }] }>('instances')
    ).instances
    return this.#processes.find(({ child }) => child.pid === pid) ?? this.#processes[0]!
  }

  async #get<T>(path: string): Promise<T> {
    const { body } = await ask(`${await portOf(this.#processes.at(-1)!)}/api/v1/performance/${path}`)
    return JSON.parse(body) as T
  }

  #said(): string {
    return this.#processes.map((one) => one.stderr()).join('\n')
  }
}
