import { EngineThread, type EngineThreadOptions } from '../../../src/engine/thread/thread.ts'

/** A program for the engine's thread, written in place: `main` is the port to the application's thread. */
export function entry(source: string): URL {
  const head = "import { parentPort as main, workerData } from 'node:worker_threads';"
  return new URL(`data:text/javascript,${encodeURIComponent(head + source)}`)
}

/** Is ready, tells back each request that it is given, and ends when it is told to. */
export const ECHO: URL = entry(`
  main.on('message', ({ kind, id, request }) => {
    if (kind === 'stop') process.exit(0)
    if (kind !== 'request') return
    const headers = { 'content-type': 'application/json' }
    const seen = { ...request, body: request.body === undefined ? null : request.body.length }
    const body = new TextEncoder().encode(JSON.stringify(seen))
    main.postMessage({ kind: 'response', id, response: { status: 200, headers, body } })
  })
  main.postMessage({ kind: 'ready', url: undefined, window: '5min' })`)

/** The application's side of a thread, and what it said. */
export function engineThread(
  url: URL,
  options: Partial<EngineThreadOptions> = {},
): { readonly thread: EngineThread; readonly said: (pattern: RegExp) => Promise<void> } {
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const thread = new EngineThread({
    entry: url,
    options: {},
    directory: '.',
    logger: {
      info: () => {},
      warn: (line) => {
        lines.push(line)
        for (const look of waiting) look()
      },
    },
    announcements: () => [],
    onSettings: () => {},
    onFailedCallback: () => {},
    onError: () => {},
    ...options,
  })
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (lines.some((line) => pattern.test(line))) resolve()
      }
      waiting.add(look)
      look()
    })
  return { thread, said }
}
