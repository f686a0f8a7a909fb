import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { isLoopbackName } from './ground/loopback.ts'
import { makeDirectory } from './ground/own-directory.ts'
import { isPlantedAt } from './ground/planted.ts'
import { DEFAULT_PATH } from './stores/sqlite/options.ts'

/** Where a service answers that runs, or ran, in a folder. */
export interface LeftAddress {
  readonly url: string
  readonly service: string
  readonly pid: number
  /** What its port tells of itself (`identityOf`): another program may have the port by now. */
  readonly identity: string
  /** Its entry file, where nobody forked it. */
  readonly program?: string | undefined
}

interface Left extends LeftAddress {
  readonly file: string
  /** Whose process ids its `pid` is one of, as `pidSpace` says it. */
  readonly pids?: string | undefined
}

/** Where the file of figures lies unless it is told otherwise: one folder to be hidden from git. */
const FOLDER = dirname(DEFAULT_PATH)
const NAME = /^port-\d+\.json$/
/** Either path may take 4 KiB, each of its characters 6 bytes of JSON. */
const MOST_BYTES = 65_536

/**
 * Leaves a note in a service's folder of where it answers, for the command line; gives what takes it back. A process
 * that is killed cannot: whoever leaves the next one clears up. Where nothing can be written, none is left.
 */
export function leaveAddress(directory: string, address: LeftAddress): () => void {
  const url = URL.parse(address.url)
  // Beyond loopback a port does not tell who it is. An address with a zone makes no URL.
  if (url === null || !isLoopbackName(url.hostname)) return () => {}
  const folder = join(directory, FOLDER)
  const file = join(folder, `port-${url.port || 80}.json`)
  try {
    makeDirectory(folder)
    if (isPlantedAt(folder, lstatSync(folder))) return () => {}
    for (const left of leftAddresses(directory))
      if (left.pids === pidSpace() && !runs(left.pid)) remove(left.file)
    remove(file)
    const text = `${JSON.stringify({ ...address, host: hostname(), pids: pidSpace(), directory })}\n`
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
    // A container that shares the folder may have left its own there since: ports of different ones are alike.
    return () => {
      if (textOf(file) === text) remove(file)
    }
  } catch {
    return () => {}
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // The folder takes no changes any more: it is as after a kill.
  }
}

/** What the services of a folder have left there, by port. Whether they still run is to be asked. */
export function leftAddresses(directory: string): readonly Left[] {
  const folder = join(directory, FOLDER)
  return names(folder)
    .filter((name) => NAME.test(name))
    .sort()
    .flatMap((name) => read(join(folder, name), directory) ?? [])
}

/**
 * A process of this folder that counts as one service with another program, though nobody may have meant it: their
 * entry files differ, and neither started the other.
 */
export function otherProgram(
  directory: string,
  { identity, program }: Pick<LeftAddress, 'identity' | 'program'>,
): LeftAddress | undefined {
  if (program === undefined) return undefined
  return leftAddresses(directory).find(
    (left) =>
      left.identity === identity &&
      left.program !== undefined &&
      left.program !== program &&
      left.pids === pidSpace() &&
      left.pid !== process.ppid &&
      runs(left.pid),
  )
}

function names(folder: string): readonly string[] {
  try {
    return isPlantedAt(folder, lstatSync(folder)) ? [] : readdirSync(folder)
  } catch {
    return []
  }
}

/** Of a folder that was copied, or that several machines or containers share, only what was left here. */
function read(file: string, here: string): Left | undefined {
  try {
    const { url, service, pid, identity, program, host, pids, directory } = JSON.parse(textOf(file) ?? '')
    const { protocol, hostname: name, origin } = new URL(url)
    // Windows lets a folder be called in upper case and in lower case.
    const isHere = host === hostname() && relative(directory, here) === ''
    const isWhole = typeof service === 'string' && typeof identity === 'string' && pid > 0
    return isHere && isWhole && protocol === 'http:' && isLoopbackName(name)
      ? {
          file,
          url: origin,
          service,
          pid: Number(pid),
          identity,
          pids,
          ...(typeof program === 'string' && { program }),
        }
      : undefined
  } catch {
    return undefined
  }
}

/** Only what a service may have written: a pipe would be waited for, a device or a huge file read without an end. */
function textOf(file: string): string | undefined {
  let handle: number | undefined
  try {
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
    handle = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    const there = fstatSync(handle)
    // Unlike a file of figures, one with an address leads away: the token is shown there.
    if (!there.isFile() || there.size > MOST_BYTES || isPlantedAt(file, there)) return undefined
    return readFileSync(handle, 'utf8')
  } catch {
    return undefined
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

/** Containers of one pod share hostname and folder, but each counts its processes from 1. `undefined` beyond Linux. */
function pidSpace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return undefined
  }
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
