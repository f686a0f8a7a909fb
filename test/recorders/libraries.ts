import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const FOLDER = resolve('test/libraries')
const require = createRequire(join(FOLDER, 'package.json'))

/** Why libraries cannot be tried here, if they cannot. */
export const noLibraries: string | undefined = existsSync(join(FOLDER, 'node_modules'))
  ? undefined
  : 'the libraries are not installed (npm ci --prefix test/libraries)'

/** Loads a library as CommonJS code does: now, when the recorders are attached. */
export function required<T>(name: string): T {
  return require(name) as T
}

/** Loads a library as ES modules do. */
export async function imported<T>(name: string): Promise<T> {
  // A file in that folder: where a name leads depends on who imports it.
  const { load } = (await import(pathToFileURL(join(FOLDER, 'load.mjs')).href)) as {
    readonly load: (name: string) => Promise<T>
  }
  return load(name)
}

/** The version that is installed under this name. */
export function versionOf(name: string): string {
  if (noLibraries !== undefined) return '?'
  const { version } = require(join(FOLDER, 'node_modules', name, 'package.json')) as { version: string }
  return version
}
