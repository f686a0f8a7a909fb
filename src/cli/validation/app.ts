// The application that `yardstick validate` starts under the preload: a server on a free port of this machine, and
// operations of known durations. It ends by itself, with an exit code of its own.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { isMainThread, Worker } from 'node:worker_threads'
import { yardstick } from '../../index.ts'
import { EXIT_CODE_OF_APP, PLANNED, PLANNED_IN_WORKER, type Planned } from './plan.ts'

/** What the application says on stdout, as one line of JSON, when it is ready. */
export interface Ready {
  readonly app: string
  readonly api: string | undefined
  /** Whether the preload was there before the application asked for Yardstick. */
  readonly preloaded: boolean
}

const IS_PRELOADED = 'Symbol.for("yardstick") in globalThis'
const preloaded = Symbol.for('yardstick') in globalThis
const ys = yardstick()

function record({ component, name, durationsMs, failed = 0, hits }: Planned): void {
  for (const [i, durationMs] of durationsMs.entries()) {
    ys.record(component, name, durationMs, {
      failed: i < failed,
      ...(hits === undefined ? {} : { hit: i < hits }),
    })
  }
}

/** One operation through each of the calls that time your own code. */
function timed(): void {
  ys.trackAuthentication('jwt_validation', { userId: 'somebody' }, () => {})
  ys.trackAuthorization('may_read', {}, () => {})
  ys.trackDatabase({ query: 'user_lookup', table: 'users' }, () => {})
  ys.trackCache('L1', 'get', { key: 'user:123' }, (read) => read.setHit(true))
}

async function work(): Promise<string> {
  for (const planned of PLANNED) record(planned)
  timed()
  await once(new Worker(fileURLToPath(import.meta.url)), 'exit')
  return execFileSync(process.execPath, ['-p', IS_PRELOADED], { encoding: 'utf8' }).trim()
}

async function serve(): Promise<void> {
  const server = createServer(async (request, response) => {
    const answer = (status: number, text = ''): void => void response.writeHead(status).end(text)
    switch (request.url) {
      case '/ok':
        return answer(200)
      case '/broken':
        return answer(500)
      case '/work':
        return answer(200, await work())
      case '/end':
        process.exitCode = EXIT_CODE_OF_APP
        answer(200)
        return void server.close()
      default:
        return answer(404)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ready: Ready = { app: `http://127.0.0.1:${port}`, api: await ys.ready(), preloaded }
  process.stdout.write(`${JSON.stringify(ready)}\n`)
}

if (isMainThread) await serve()
else record(PLANNED_IN_WORKER)
