import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export const REGISTER: string = resolve('dist/register.cjs')
const PATIENCE_MS = 20_000

export interface ApplicationOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Default: the preload by --require. */
  readonly flags?: readonly string[]
  readonly directory?: string
  readonly node?: string
  /** File name, whose ending decides how Node reads it. Default `app.cjs`. */
  readonly file?: string
  /** Written beside the application as `yardstick.config.json`. */
  readonly config?: object
}

/** A small application of the user's, run as a process of its own with the built package. */
export interface Application {
  readonly directory: string
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** Waits until the application has printed something that matches. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>
  /** Waits for the end: exit code, or the signal that ended it. */
  readonly ended: () => Promise<number | NodeJS.Signals>
  readonly close: () => Promise<void>
}

/** A fresh folder for an application. */
export function folder(): string {
  return mkdtempSync(join(tmpdir(), 'yardstick-e2e-'))
}

export function application(source: string, options: ApplicationOptions = {}): Application {
  const { flags = ['--require', REGISTER], node = process.execPath, file = 'app.cjs' } = options
  const directory = options.directory ?? folder()
  writeFileSync(join(directory, file), source)
  if (options.config !== undefined) {
    writeFileSync(join(directory, 'yardstick.config.json'), JSON.stringify(options.config))
  }
  const env = { ...process.env, YARDSTICK_PORT: '0', YARDSTICK_LOG: 'info', ...options.env }
  const child = spawn(node, [...flags, file], {
    cwd: directory,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let stdout = ''
  let stderr = ''
  const waiting = new Set<() => void>()
  const heard = (): void => {
    for (const look of waiting) look()
  }
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    heard()
  })
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    heard()
  })
  const closed = once(child, 'close')
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((found, failed) => {
      const late = setTimeout(
        () => done(new Error(`waited for ${pattern}\n${stdout}\n${stderr}`)),
        PATIENCE_MS,
      )
      const done = (result: RegExpExecArray | Error): void => {
        clearTimeout(late)
        waiting.delete(look)
        if (result instanceof Error) failed(result)
        else found(result)
      }
      const look = (): void => {
        const match = pattern.exec(`${stdout}\n${stderr}`)
        if (match !== null) done(match)
      }
      waiting.add(look)
      void closed.then(() =>
        setImmediate(() => done(new Error(`ended before ${pattern}\n${stdout}\n${stderr}`))),
      )
      look()
    })
  return {
    directory,
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    printed,
    ended: async () => {
      const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null]
      return code ?? signal!
    },
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await closed
      if (options.directory === undefined) rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The URL of Yardstick's own port, as the application's stderr says it. */
export async function portOf(app: Application): Promise<string> {
  const match = await app.printed(/yardstick: (http:\/\/[^/]+)\/api/)
  return match[1]!
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export function ask(url: string, method = 'GET'): Promise<Answer> {
  return new Promise((answered, failed) => {
    const asking = request(url, { agent: false, method }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('end', () => answered({ status: response.statusCode!, headers: response.headers, body }))
    })
    asking.on('error', failed).end()
  })
}

interface Counted {
  readonly n: number
  readonly ok: number
  readonly failed: number
  readonly sum_ms: number
}

export interface Metrics {
  readonly cycle: number
  readonly coverage: 'service' | 'instance'
  readonly metrics_by_type: Readonly<
    Record<string, Counted & { readonly series: readonly ({ readonly name: string } & Counted)[] }>
  >
}

/**
 * Asks until the component has `n` operations, then for the answer of the cycle after that one: what is counted twice
 * comes late.
 */
export async function metrics(port: string, component: string, n: number): Promise<Metrics> {
  const until = Date.now() + PATIENCE_MS
  let reached: number | undefined
  for (;;) {
    const { body } = await ask(`${port}/api/v1/performance/metrics?window=1hour`)
    const answer = JSON.parse(body) as Metrics
    const seen = answer.metrics_by_type[component]?.n ?? 0
    if (Date.now() > until || (reached !== undefined && answer.cycle > reached)) return answer
    if (seen >= n) reached ??= answer.cycle
    await pause(25)
  }
}
