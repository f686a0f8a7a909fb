import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { endChild } from './child.ts'
import { parseFaults } from './faults.ts'
import { checkedUrl, describeLoad, load } from './load.ts'
import { startRedis } from './redis-process.ts'
import type { ScheduleOptions } from './schedule.ts'
import { ShopProcess } from './shop-process.ts'

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
// As shells have it for Ctrl-C.
const INTERRUPTED = 130
const OPENING_MS = 30_000
const READING_MS = 4_000
const HELP = `npm run demo -- [options]
The shop under Yardstick, with visitors.

  --seconds <n>    end after so long, with the report card (default: run until Ctrl-C or q)
  --rate <n>       visitors a second (default 80, at most 1000)
  --faults <a,b>   what goes wrong from the start, e.g. slow-query,n-plus-one`

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    rate: { type: 'string', default: '80' },
    faults: { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help === true) {
  console.log(HELP)
} else {
  process.exitCode = await demo().catch((error: Error) => {
    console.error(`demo: ${error.message}`)
    return 1
  })
}

async function demo(): Promise<number> {
  parseFaults(values.faults)
  const options = { ratePerS: Number(values.rate), seconds: Number(values.seconds ?? 86_400) }
  checkedUrl({ ...options, url: 'http://127.0.0.1' })
  if (!existsSync(CLI)) throw new Error('Yardstick is not built yet: npm run build')
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())

  // What was started last is ended first.
  const endings: (() => void | Promise<void>)[] = []
  try {
    const directory = mkdtempSync(join(tmpdir(), 'yardstick-demo-'))
    endings.push(() => rmSync(directory, { recursive: true, force: true }))
    const redis = await startRedis(directory)
    if (redis !== undefined) endings.push(redis.stop)
    const shop = new ShopProcess({ cli: CLI, directory, redisUrl: redis?.url, faults: values.faults })
    endings.push(() => shop.end())
    const completed = await visit(shop, options, stop)
    return completed || values.seconds === undefined ? 0 : INTERRUPTED
  } finally {
    for (const end of endings.reverse()) await end()
  }
}

async function visit(shop: ShopProcess, options: ScheduleOptions, stop: AbortController): Promise<boolean> {
  const stopped = once(stop.signal, 'abort')
  const opened = Promise.all([
    shop.said(/second cache layer is (.+)/),
    shop.said(/shop: listens on (\S+)/),
    shop.said(/yardstick: .*(http:\/\/127\.0\.0\.1:\d+)/),
  ])
  const urls = await Promise.race([opened, stopped.then(() => undefined), shop.notOpenAfter(OPENING_MS)])
  if (urls === undefined) return false
  const [sharedCache, url, own] = urls
  console.log(
    `demo: the shop is at ${url}, ${values.rate} visitors a second; second cache layer: ${sharedCache}`,
  )
  console.log(`demo: Yardstick answers at ${own}/api/v1/performance/metrics`)
  const fault = `curl -X POST ${url}/faults/slow-query -H 'content-type: application/json' -d '{"on":true}'`
  console.log(`demo: try ${fault}`)

  const visitors = load({ ...options, url, signal: stop.signal })
  const note = `API: curl ${own}/api/v1/performance/metrics\nSlow it down: ${fault}`
  const watched = watch(own, note, stop.signal)
  try {
    const timeIsUp = visitors.then(() => true)
    const quit = Promise.race([watched, stopped]).then(() => false)
    const completed = await Promise.race([timeIsUp, quit, shop.died])
    stop.abort()
    await watched
    console.log(describeLoad(await visitors))
    if (completed) await finalCard(own)
    return completed
  } finally {
    stop.abort()
    await watched
  }
}

/** `yardstick top`, until somebody quits it or the demo stops. */
async function watch(own: string, note: string, stop: AbortSignal): Promise<void> {
  // It takes the whole screen: time to read what was said before.
  await pause(READING_MS, undefined, { signal: stop }).catch(() => {})
  if (stop.aborted) return
  // Without a terminal each card is a page of text of its own.
  const interval = process.stdout.isTTY ? '1s' : '10s'
  const top = spawn(process.execPath, [CLI, 'top', '--url', own, '--interval', interval, '--note', note], {
    stdio: 'inherit',
  })
  stop.addEventListener('abort', () => void endChild(top))
  const [code] = (await once(top, 'exit')) as [number | null]
  if (code !== 0 && !stop.aborted) throw new Error(`yardstick top ended with exit code ${code}`)
}

async function finalCard(own: string): Promise<void> {
  // The last visitors are in the figures two readings later.
  const last = (await cycle(own)) + 2
  for (let n = 0; n < 100 && (await cycle(own)) < last; n++) await pause(100)
  const card = spawn(process.execPath, [CLI, 'top', '--once', '--url', own], { stdio: 'inherit' })
  const [code] = (await once(card, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`the report card could not be read (exit code ${code})`)
}

async function cycle(own: string): Promise<number> {
  const answer = await fetch(`${own}/api/v1/performance/metrics`)
  return ((await answer.json()) as { readonly cycle: number }).cycle
}
