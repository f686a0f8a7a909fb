import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fill } from '../host/fill.ts'
import { HostProcess } from '../host/host-process.ts'
import { measured } from '../package-part.ts'

const SERVICE = 'bench-memory'
/** Until the garbage of reading a day back is collected, which V8 does when it thinks fit. */
const SECONDS = 90

export interface Live {
  readonly bareBytes: number
  readonly rssBytes: number
}

/** A service with a full day of windows, read back from its file, at its own pace: beside the same one unmeasured. */
export async function live(series: number): Promise<Live> {
  const index = new URL(measured === 'dist' ? '../../dist/index.js' : '../../src/index.ts', import.meta.url)
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-bench-'))
  const hosts: HostProcess[] = []
  try {
    const operations = await fill(directory, SERVICE, series)
    const options = { node: process.execPath, directory, service: SERVICE, series, operations }
    for (const each of [undefined, fileURLToPath(index)]) {
      hosts.push(await HostProcess.start({ ...options, index: each }))
    }
    const [bareBytes = Number.NaN, rssBytes = Number.NaN] = await Promise.all(
      hosts.map((host) => host.rssBytesAfter(SECONDS)),
    )
    return { bareBytes, rssBytes }
  } finally {
    for (const host of hosts) await host.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}
