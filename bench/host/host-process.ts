import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Delay, Started } from './service.ts'

export interface HostOptions {
  readonly node: string
  readonly directory: string
  readonly service: string
  readonly series: number
  /** Yardstick's index; without it the host is a bare one. */
  readonly index?: string | undefined
  /** Default: the file in the directory. */
  readonly store?: string
  /** How many operations the file holds: the host starts its turn when they are read back. Default 0. */
  readonly operations?: number
}

/** Until timers that were due while it stood still have run. */
const SETTLE_MS = 1_500
const RESTORE_TRIES = 240

/** A host that stands still while another one has its turn, so that neither disturbs the other. */
export class HostProcess {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  static async start({
    node,
    directory,
    service,
    series,
    index,
    store,
    operations = 0,
  }: HostOptions): Promise<HostProcess> {
    const child = fork(
      fileURLToPath(new URL('./service.ts', import.meta.url)),
      [index ?? '', String(series)],
      {
        execPath: node,
        execArgv: ['--disable-warning=ExperimentalWarning'],
        cwd: directory,
        env: {
          ...process.env,
          ...{ YARDSTICK_SERVICE: service, YARDSTICK_PORT: '0' },
          ...(store === undefined ? {} : { YARDSTICK_STORE: store }),
        },
      },
    )
    const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [Started | number]
    if (typeof said !== 'object') throw new Error('the host did not start')
    // Asked from here: `fetch` would be eight megabytes of the host that the bare one is without.
    if (said.url !== undefined) await restored(said.url, operations)
    const host = new HostProcess(child)
    host.pause()
    return host
  }

  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  async turn(seconds: number): Promise<Delay> {
    this.#child.kill('SIGCONT')
    await sleep(SETTLE_MS)
    this.#child.send('begin')
    await sleep(seconds * 1000)
    const answer = once(this.#child, 'message')
    this.#child.send('end')
    const [delay] = (await answer) as [Delay]
    this.pause()
    return delay
  }

  /** Lets it live for a while at its own pace. */
  async rssBytesAfter(seconds: number): Promise<number> {
    this.#child.kill('SIGCONT')
    await sleep(seconds * 1000)
    const answer = once(this.#child, 'message')
    this.#child.send('memory')
    const [{ rssBytes }] = (await answer) as [{ readonly rssBytes: number }]
    this.pause()
    return rssBytes
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }
}

/** A long day is read back after the start; the oldest quarter of an hour may have left the window meanwhile. */
async function restored(url: string, operations: number): Promise<void> {
  for (let i = 0; i < RESTORE_TRIES; i++) {
    if ((await heldInADay(url)) >= 0.97 * operations) return
    await sleep(500)
  }
  throw new Error(`the day's window holds ${await heldInADay(url)} of ${operations} operations`)
}

async function heldInADay(url: string): Promise<number> {
  const response = await fetch(`${url}/api/v1/performance/metrics?window=1day`)
  const body = (await response.json()) as { readonly metrics_by_type: Record<string, { readonly n: number }> }
  return Object.values(body.metrics_by_type).reduce((sum, { n }) => sum + n, 0)
}
