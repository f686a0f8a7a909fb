import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../servers/free-port.ts'

const BINARY = 'prometheus-alertmanager'
const READY_MS = 20_000

/** Why there is no Alertmanager to test with; `false` when there is. */
export const noAlertmanager: string | false =
  spawnSync(BINARY, ['--version']).status === 0 ? false : `${BINARY} is not installed`

/** An Alertmanager as `GET /api/v2/alerts` tells of it. */
export interface SeenAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly status: { readonly state: string; readonly silencedBy: readonly string[] }
}

/** Debian's Alertmanager on free ports of 127.0.0.1, which posts what it would tell people to `hook`. */
export class AlertmanagerProcess implements AsyncDisposable {
  readonly url: string
  readonly #child: ChildProcess
  readonly #directory: string

  private constructor(url: string, child: ChildProcess, directory: string) {
    this.url = url
    this.#child = child
    this.#directory = directory
  }

  static async start(hook: string): Promise<AlertmanagerProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'yardstick-alertmanager-'))
    const config = {
      route: {
        receiver: 'hook',
        group_by: ['service'],
        // Alerts of one request come in one by one; what began longer ago than this is told at once, alone.
        group_wait: '1s',
        group_interval: '200ms',
        repeat_interval: '1h',
      },
      receivers: [{ name: 'hook', webhook_configs: [{ url: hook, send_resolved: true }] }],
    }
    await writeFile(join(directory, 'am.yml'), JSON.stringify(config))
    const url = `http://127.0.0.1:${await freePort()}`
    const child = spawn(
      BINARY,
      [
        `--config.file=${join(directory, 'am.yml')}`,
        `--storage.path=${join(directory, 'data')}`,
        `--web.listen-address=${new URL(url).host}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    )
    const process = new AlertmanagerProcess(url, child, directory)
    const endMs = performance.now() + READY_MS
    while (
      !(await fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (performance.now() > endMs) throw new Error(`${BINARY} was not ready within ${READY_MS} ms`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return process
  }

  async alerts(query = ''): Promise<readonly SeenAlert[]> {
    return (await fetch(`${this.url}/api/v2/alerts${query}`)).json() as Promise<readonly SeenAlert[]>
  }

  async post(path: string, body: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${this.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
    await rm(this.#directory, { recursive: true, force: true })
  }
}
