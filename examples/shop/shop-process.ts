import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { endChild } from './child.ts'

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url))
const CONFIG = fileURLToPath(new URL('./yardstick.config.ts', import.meta.url))
const LAST_WORDS = 40

export interface ShopProcessOptions {
  /** The `yardstick` program. */
  readonly cli: string
  readonly directory: string
  readonly redisUrl: string | undefined
  readonly faults: string
  /** Default: the shop's own. */
  readonly config?: string
  /** Whom alerts are told to, by the variables of the built-in notifiers. */
  readonly environment?: Readonly<Record<string, string>>
}

/** The shop under `yardstick run`, as a process of its own. */
export class ShopProcess {
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  readonly #listeners: ((line: string) => void)[] = []
  #ending = false
  /** Rejects when the shop ends without being asked to, with its last words. */
  readonly died: Promise<never>

  constructor(options: ShopProcessOptions) {
    const { cli, directory, redisUrl, faults, config = CONFIG, environment } = options
    // A store of its own, so that one demo does not count into the next.
    const run = [cli, 'run', '--config', config, '--store', `${directory}/yardstick.db`, SERVER]
    this.#child = spawn(process.execPath, run, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...environment,
        // The shop's temporary files go when ours go, even if it is killed.
        TMPDIR: directory,
        YARDSTICK_LOG: 'info',
        SHOP_PORT: '0',
        SHOP_FAULTS: faults,
        ...(redisUrl === undefined ? {} : { SHOP_REDIS_URL: redisUrl }),
      },
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) this.#read(stream)
    this.died = new Promise((_, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', (code, signal) => {
        if (this.#ending) return
        reject(new Error(`the shop ended (${signal ?? `exit code ${code}`}):\n${this.#lines.join('\n')}`))
      })
    })
    this.died.catch(() => {})
  }

  /** Waits for a line that the shop or its Yardstick writes, and gives what the pattern's group matched in it. */
  said(pattern: RegExp): Promise<string> {
    const match = (line: string): string | undefined => pattern.exec(line)?.[1]
    const heard = this.#lines.map(match).find((found) => found !== undefined)
    if (heard !== undefined) return Promise.resolve(heard)
    const later = new Promise<string>((resolve) => {
      this.#listeners.push((line) => {
        const found = match(line)
        if (found !== undefined) resolve(found)
      })
    })
    return Promise.race([later, this.died])
  }

  /** Rejects after so long, with the last words. */
  async notOpenAfter(durationMs: number): Promise<never> {
    await pause(durationMs, undefined, { ref: false })
    throw new Error(`the shop did not open within ${durationMs / 1_000} s:\n${this.#lines.join('\n')}`)
  }

  async end(): Promise<void> {
    this.#ending = true
    await endChild(this.#child)
  }

  #read(stream: NodeJS.ReadableStream | null): void {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        this.#lines.push(line)
        if (this.#lines.length > LAST_WORDS) this.#lines.shift()
        for (const listener of this.#listeners) listener(line)
      }
    })
  }
}
