import { createServer } from 'node:http'
import { Worker } from 'node:worker_threads'
import type { DayOptions, Sample } from './day-worker.ts'

/** What this process is to be: the bare service, with an empty thread, or with a thread that lives through days. */
export type Kind =
  | { readonly kind: 'bare' }
  | { readonly kind: 'empty thread' }
  | ({ readonly kind: 'days' } & DayOptions)

export type Said = { readonly rssBytes: number } | { readonly sample: Sample } | { readonly done: true }

const SETTLE_MS = 1_500
/** As the engine's thread has them. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4 }

const say = (said: Said): void => {
  process.send!(said)
}

const what = JSON.parse(process.argv[2]!) as Kind
createServer((_request, response) => response.end()).listen(0, '127.0.0.1')
if (what.kind === 'days') {
  const { kind: _, ...options } = what
  const worker = new Worker(new URL('./day-worker.ts', import.meta.url), {
    workerData: options,
    resourceLimits,
  })
  worker.on('message', (sample: Sample) => say({ sample }))
  worker.on('exit', () => say({ done: true }))
} else {
  if (what.kind === 'empty thread')
    new Worker(new URL('./empty-worker.ts', import.meta.url), { resourceLimits })
  setTimeout(() => say({ rssBytes: process.memoryUsage.rss() }), SETTLE_MS)
}
