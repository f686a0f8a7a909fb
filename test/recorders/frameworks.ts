import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const FOLDER = resolve('test/frameworks')
const require = createRequire(join(FOLDER, 'package.json'))

/** Whether the frameworks are there (npm ci --prefix test/frameworks). */
export const haveFrameworks: boolean = existsSync(join(FOLDER, 'node_modules'))

/** Loads a framework as CommonJS code does: now, when the recorders are attached. */
export function required<T>(name: string): T {
  return require(name) as T
}

/** Loads a framework as ES modules do. */
export async function imported<T>(name: string): Promise<T> {
  // A file in that folder: where a name leads depends on who imports it.
  const { load } = (await import(pathToFileURL(join(FOLDER, 'load.mjs')).href)) as {
    readonly load: (name: string) => Promise<T>
  }
  return load(name)
}
