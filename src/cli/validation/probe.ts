import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Ready } from './app.ts'
import { SERVICE } from './plan.ts'

const PATIENCE_MS = 20_000
const isSource = import.meta.url.endsWith('.ts')
const MAIN: string = fileURLToPath(new URL(isSource ? '../main.ts' : '../main.js', import.meta.url))
const APP: string = fileURLToPath(new URL(isSource ? './app.ts' : './app.js', import.meta.url))

/** How the application ended, and what it said besides the line it is asked for. */
export interface ProbeEnd {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

/** The validation's application, running under `yardstick run`. */
export interface Probe {
  readonly ready: Ready
  /** Resolves when it has ended; it is killed if it has not after 20 s. */
  readonly end: Promise<ProbeEnd>
  readonly kill: () => void
}

/**
 * Starts the application in `cwd` with a configuration of its own: no file, figures in memory, a free port.
 *
 * @throws Error with what it said, when it is not ready within 20 s
 */
export async function startProbe(cwd: string): Promise<Probe> {
  const options = ['--port', '0', '--store', 'memory', '--service', SERVICE]
  const child = spawn(process.execPath, [MAIN, 'run', ...options, APP], {
    cwd,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output.stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk
  })
  const kill = (): void => void child.kill('SIGKILL')
  const closed = once(child, 'close').then(([code, signal]) => ({ code, signal, ...output }) as ProbeEnd)
  // Nobody else would end it when whoever reads our output has seen enough (`yardstick validate | head`).
  process.once('exit', kill)
  const late = setTimeout(kill, PATIENCE_MS)
  try {
    const line = await firstLine(child, () => output.stdout)
    if (line === undefined) throw new Error(saidBy(await closed))
    return { ready: JSON.parse(line) as Ready, end: closed, kill }
  } finally {
    clearTimeout(late)
  }
}

/** Nothing of the caller's settings: the check is of the installation. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(YARDSTICK_.*|NODE_OPTIONS)$/.test(name))
  return { ...Object.fromEntries(own), YARDSTICK_CONFIG: 'off' }
}

async function firstLine(child: ChildProcess, seen: () => string): Promise<string | undefined> {
  const exit = once(child, 'close').then(() => 'closed' as const)
  for (;;) {
    const [line, more] = seen().split('\n')
    if (more !== undefined) return line
    const event = await Promise.race([exit, once(child.stdout!, 'data')])
    if (event === 'closed') return undefined
  }
}

function saidBy({ code, signal, stdout, stderr }: ProbeEnd): string {
  const said = `${stdout}${stderr}`.trim()
  return `it ended with ${signal ?? code} and said ${said === '' ? 'nothing' : said}`
}

export interface Reply {
  readonly status: number
  readonly type: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** Asks a server of this machine over a connection of its own. */
export async function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  const sent = request(url, { agent: false, headers, signal: AbortSignal.timeout(PATIENCE_MS) })
  sent.end()
  const [response] = await once(sent, 'response')
  return {
    status: response.statusCode,
    type: String(response.headers['content-type'] ?? ''),
    headers: response.headers,
    body: await text(response),
  }
}
