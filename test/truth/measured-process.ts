import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { CountsJson } from '../../src/api/counts-json.ts'

const CLI = resolve('dist/cli/main.js')
const REGISTER = resolve('dist/register.cjs')
const PATIENCE_MS = 60_000

export interface ComponentMetrics extends CountsJson {
  readonly series: readonly ({ readonly name: string } & CountsJson)[]
}

/** What the API says of the last hour. */
export interface Metrics {
  readonly cycle: number
  readonly from_ms: number
  readonly to_ms: number
  readonly in_flight_requests: number
  readonly metrics_by_type: Readonly<Record<string, ComponentMetrics>>
}

/** An HTTP request as the witness saw it from both sides of Yardstick. */
export interface WitnessedRequest {
  readonly kind: 'request'
  readonly method: string
  readonly url: string
  readonly status: number
  /** Whether the application ended its response before the connection was gone. */
  readonly ended: boolean
  readonly wallMs: number
  readonly longerMs: number
  readonly shorterMs: number
}

export interface MeasuredOptions {
  /** A CommonJS file, loaded before Yardstick. */
  readonly witness: string
  /** What follows `yardstick run`; may name files in the process's folder. */
  readonly words: (directory: string) => readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** An application under `yardstick run`, with a witness that writes down what Yardstick has to see. */
export class MeasuredProcess {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'yardstick-truth-'))
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>
  readonly #log: string
  #output = ''

  constructor({ witness, words, env = {} }: MeasuredOptions) {
    this.#log = join(this.directory, 'witness.log')
    const options = ['run', '--port', '0', '--store', join(this.directory, 'figures.db')]
    this.#child = spawn(process.execPath, [CLI, ...options, ...words(this.directory)], {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...env,
        // What is a program for Node runs on this one.
        PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
        TMPDIR: this.directory,
        YARDSTICK_LOG: 'info',
        WITNESS_LOG: this.#log,
        // `run` puts its preload first, unless it is there already: so the witness can be before it.
        NODE_OPTIONS: `--require ${witness} --require ${REGISTER}`,
      },
    })
    this.#closed = once(this.#child, 'close')
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
      })
    }
  }

  get output(): string {
    return this.#output
  }

  /** Waits until it has printed something that matches; gives what the pattern's first group matched. */
  async said(pattern: RegExp): Promise<string> {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(20)) {
      const match = pattern.exec(this.#output)
      if (match !== null) return match[1]!
      if (this.#child.exitCode !== null) break
    }
    throw new Error(`waited for ${pattern}, heard:\n${this.#output}`)
  }

  /** The URL of Yardstick's own port. */
  port(): Promise<string> {
    return this.said(/yardstick: (http:\/\/[^/]+)\/api/)
  }

  /** What Yardstick says once nothing is under way and two more readings have passed. */
  async settled(): Promise<Metrics> {
    const port = await this.port()
    const ask = async (): Promise<Metrics> =>
      (await (await fetch(`${port}/api/v1/performance/metrics?window=1hour`)).json()) as Metrics
    let answer = await ask()
    let quiet = answer.cycle
    for (const until = Date.now() + PATIENCE_MS; answer.cycle < quiet + 2; answer = await ask()) {
      if (answer.in_flight_requests > 0) quiet = answer.cycle
      if (Date.now() > until) throw new Error(`still ${answer.in_flight_requests} requests in flight`)
      await pause(50)
    }
    return answer
  }

  /** The report card of the last hour, for people who read the test's output. */
  async card(): Promise<string> {
    const words = [CLI, 'top', '--once', '--window', '1hour', '--url', await this.port()]
    return (await promisify(execFile)(process.execPath, words)).stdout
  }

  /** Ends it and reads what the witness wrote. */
  async testimony<Line>(): Promise<readonly Line[]> {
    await this.end()
    const lines = readFileSync(this.#log, 'utf8').trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line) as Line)
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGTERM')
    await this.#closed
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL')
    await this.#closed
    rmSync(this.directory, { recursive: true, force: true })
  }
}
