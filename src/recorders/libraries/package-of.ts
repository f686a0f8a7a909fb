import { readFileSync } from 'node:fs'
import { sep } from 'node:path'

const MODULES = '/node_modules/'

/** A file of an installed package. */
export interface PackageFile {
  /** The folder that the package lies in, whatever it is called. */
  readonly folder: string
  /** Within the package, with `/` between folders. */
  readonly path: string
}

/** What a package says of itself. */
export interface Package {
  readonly name: string
  /** `undefined` where there is no package.json that could be read. */
  readonly version: string | undefined
}

/**
 * Which package a file belongs to: the one after the last `node_modules`, as npm, pnpm and yarn lay them out.
 *
 * @example packageFile('/app/node_modules/pg/lib/client.js') // { folder: '/app/node_modules/pg', path: 'lib/client.js' }
 */
export function packageFile(filename: string): PackageFile | undefined {
  const file = sep === '\\' ? filename.replaceAll('\\', '/') : filename
  const at = file.lastIndexOf(MODULES)
  if (at < 0) return undefined
  const start = at + MODULES.length
  let end = file.indexOf('/', start)
  if (file.charCodeAt(start) === 64) end = file.indexOf('/', end + 1)
  return end < 0 ? undefined : { folder: file.slice(0, end), path: file.slice(end + 1) }
}

/** The name of its folder, which is the package's unless it was installed under another. */
export function folderName(folder: string): string {
  return folder.slice(folder.lastIndexOf(MODULES) + MODULES.length)
}

const known = new Map<string, Package>()

/**
 * What the package in a folder says of itself: a fork may be installed under the name of what it replaces, and two
 * versions beside each other. Where nothing can be read, the folder's name stands for the package's.
 */
export function packageIn(folder: string): Package {
  const before = known.get(folder)
  if (before !== undefined) return before
  const found = read(folder)
  known.set(folder, found)
  return found
}

function read(folder: string): Package {
  try {
    const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
    if (typeof name === 'string' && typeof version === 'string') return { name, version }
  } catch {
    // A packager has left it out, or made it something else.
  }
  return { name: folderName(folder), version: undefined }
}
