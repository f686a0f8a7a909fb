import { lstatSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { isLoopbackName } from './ground/loopback.ts'
import { makeDirectory } from './stores/sqlite/directory.ts'
import { DEFAULT_PATH } from './stores/sqlite/options.ts'
import { checkPlanted, isPlanted } from './stores/sqlite/planted.ts'

/** Where a service answers that runs, or ran, in a folder. */
export interface LeftAddress {
  readonly url: string
  readonly service: string
  readonly pid: number
  /** What its port tells of itself (`identityOf`): another program may have the port by now. */
  readonly identity: string
}

interface Left extends LeftAddress {
  readonly file: string
}

/** Where the file of figures lies unless it is told otherwise: one folder to be hidden from git. */
const FOLDER = dirname(DEFAULT_PATH)
const NAME = /^port-\d+\.json$/

/**
 * Leaves a note in a service's folder of where it answers, for the command line; gives what takes it back. A process
 * that is killed cannot: whoever leaves the next one clears up. Where nothing can be written, none is left.
 */
export function leaveAddress(directory: string, address: LeftAddress): () => void {
  const url = new URL(address.url)
  // Beyond loopback a port does not tell who it is.
  if (!isLoopbackName(url.hostname)) return () => {}
  const folder = join(directory, FOLDER)
  const file = join(folder, `port-${url.port || 80}.json`)
  try {
    makeDirectory(folder)
    checkPlanted(folder)
    for (const left of leftAddresses(directory)) if (!runs(left.pid)) remove(left.file)
    remove(file)
    const text = JSON.stringify({ ...address, host: hostname(), directory })
    writeFileSync(file, `${text}\n`, { flag: 'wx', mode: 0o600 })
    return () => remove(file)
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

function names(folder: string): readonly string[] {
  try {
    return isPlantedAt(folder) ? [] : readdirSync(folder)
  } catch {
    return []
  }
}

/** Of a folder that was copied, or that several machines or containers share, only what was left here. */
function read(file: string, here: string): Left | undefined {
  try {
    if (isPlantedAt(file)) return undefined
    const { url, service, pid, identity, host, directory } = JSON.parse(readFileSync(file, 'utf8'))
    // Windows lets a folder be called in upper case and in lower case.
    const isHere = host === hostname() && relative(directory, here) === ''
    return isHere && isLoopbackName(new URL(url).hostname)
      ? { file, url: String(url), service: String(service), pid: Number(pid), identity: String(identity) }
      : undefined
  } catch {
    return undefined
  }
}

/** Unlike a file of figures, one with an address leads away: the token is shown there. */
function isPlantedAt(path: string): boolean {
  const uid = process.geteuid?.()
  return uid !== undefined && isPlanted(uid, lstatSync(path), statSync(dirname(path)))
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
