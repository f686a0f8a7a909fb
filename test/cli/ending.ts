import { type SpawnOptions, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** How a process ended, and all it said. */
export interface Ending {
  readonly pid: number
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly pid: number
  readonly kill: (signal: NodeJS.Signals) => void
  /** Resolves when `wanted` was said on stdout, line breaks taken for spaces. */
  readonly said: (wanted: string) => Promise<void>
  readonly end: Promise<Ending>
}

// A test that fails must not leave a process behind.
const BOUND = { timeout: 60_000, killSignal: 'SIGKILL' } as const
const ENV: NodeJS.ProcessEnv = { PATH: process.env.PATH }

/** Starts Node with these words; NODE_OPTIONS and the like of the test run are not passed on. */
export function start(
  words: readonly string[],
  {
    env,
    cwd,
    input,
  }: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly input?: string } = {},
): Running {
  const options = {
    ...BOUND,
    env: { ...ENV, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  } satisfies SpawnOptions
  const child = spawn(process.execPath, words, options)
  child.stdin.end(input ?? '')
  const decoder = new TextDecoder()
  let seen = ''
  child.stdout.on('data', (chunk: Buffer) => {
    seen += decoder.decode(chunk, { stream: true })
  })
  const exit = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve([code, signal]))
  })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const pid = child.pid!
  return {
    pid,
    kill: (signal) => child.kill(signal),
    said: (wanted) =>
      new Promise((resolve, reject) => {
        const look = (): void => void (seen.replace(/\s+/g, ' ').includes(wanted) && resolve())
        child.stdout.on('data', look)
        child.on('close', () => reject(new Error(`ended without saying ${wanted}; said ${seen}`)))
        look()
      }),
    end: Promise.all([exit, output]).then(([[code, signal], [stdout, stderr]]) => ({
      pid,
      code,
      signal,
      stdout,
      stderr,
    })),
  }
}

/** Starts Node with these words and waits for its end. */
export function ending(words: readonly string[], options: Parameters<typeof start>[1] = {}): Promise<Ending> {
  return start(words, options).end
}
