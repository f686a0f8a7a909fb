import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pinned } from '../pinned.ts'
import type { Entrant } from './entrant.ts'
import type { Usage } from './server.ts'

export interface ServerOptions {
  /** The Node that runs it. */
  readonly node: string
  readonly cpu: number
  readonly packageFolder: string
  /** Where it finds what it needs. */
  readonly environment: Readonly<Record<string, string>>
}

/** A server under test in a process of its own, on a core and in a directory of its own. */
export class ServerProcess {
  readonly url: string
  readonly #child: ChildProcess
  readonly #directory: string

  private constructor(child: ChildProcess, directory: string, url: string) {
    this.#child = child
    this.#directory = directory
    this.url = url
  }

  static async start(app: string, entrant: Entrant, options: ServerOptions): Promise<ServerProcess> {
    const directory = mkdtempSync(join(tmpdir(), 'yardstick-bench-'))
    const server = fileURLToPath(new URL('./server.ts', import.meta.url))
    const [command, ...args] = pinned(options.cpu, [
      options.node,
      '--disable-warning=ExperimentalWarning',
      ...entrant.execArgv,
      server,
      app,
      entrant.monitor,
      options.packageFolder,
    ])
    const child = spawn(command, args, {
      cwd: directory,
      env: { ...process.env, NODE_ENV: 'production', ...options.environment, ...entrant.environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown]
    if (typeof said !== 'object' || said === null) {
      rmSync(directory, { recursive: true, force: true })
      throw new Error(`the server of ${entrant.name} on ${app} did not start`)
    }
    const { port } = said as { readonly port: number }
    return new ServerProcess(child, directory, `http://127.0.0.1:${port}`)
  }

  async usage(): Promise<Usage> {
    const answer = once(this.#child, 'message')
    this.#child.send('usage')
    const [usage] = (await answer) as [Usage]
    return usage
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
