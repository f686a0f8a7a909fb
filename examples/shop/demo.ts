import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { endChild } from './child.ts'
import { parseFaults } from './faults.ts'
import { describeLoad, load } from './load.ts'
import { startRedis } from './redis-process.ts'
import { ShopProcess } from './shop-process.ts'

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
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
    await visit(shop, stop)
    return 0
  } finally {
    for (const end of endings.reverse()) await end()
  }
}

async function visit(shop: ShopProcess, stop: AbortController): Promise<void> {
  const stopped = once(stop.signal, 'abort')
  const opened = Promise.all([
    shop.said(/second cache layer is (.+)/),
    shop.said(/shop: listens on (\S+)/),
    shop.said(/yardstick: .*(http:\/\/127\.0\.0\.1:\d+)/),
  ])
  const urls = await Promise.race([opened, stopped.then(() => undefined)])
  if (urls === undefined) return
  const [sharedCache, url, own] = urls
  console.log(
    `demo: the shop is at ${url}, ${values.rate} visitors a second; second cache layer: ${sharedCache}`,
  )
  console.log(`demo: Yardstick answers at ${own}/api/v1/performance/metrics`)
  console.log(
    `demo: try curl -X POST ${url}/faults/slow-query -H 'content-type: application/json' -d '{"on":true}'`,
  )

  const top = spawn(process.execPath, [CLI, 'top', '--url', own], { stdio: 'inherit' })
  top.on('exit', () => stop.abort())
  const seconds = values.seconds === undefined ? 86_400 : Number(values.seconds)
  const visitors = load({ url, ratePerS: Number(values.rate), seconds, signal: stop.signal })
  try {
    const counts = await Promise.race([visitors, shop.died])
    await endChild(top)
    console.log(describeLoad(counts))
    if (values.seconds !== undefined && !stop.signal.aborted) await finalCard(own)
  } finally {
    stop.abort()
    await endChild(top)
  }
}

async function finalCard(own: string): Promise<void> {
  const card: ChildProcess = spawn(process.execPath, [CLI, 'top', '--once', '--url', own], {
    stdio: 'inherit',
  })
  const [code] = (await once(card, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`the report card could not be read (exit code ${code})`)
}
