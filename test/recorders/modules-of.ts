import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The modules of a folder that has its own; each is loaded when it is asked for: the recorders are attached by then. */
export interface Modules {
  /** Why there are none, if so. */
  readonly missing: string | undefined
  /** Loads one as CommonJS code does. */
  readonly required: <T>(name: string) => T
  /** Loads one as ES modules do. */
  readonly imported: <T>(name: string) => Promise<T>
}

export function modulesOf(name: string): Modules {
  const folder = resolve('test', name)
  const required = createRequire(join(folder, 'package.json'))
  return {
    missing: existsSync(join(folder, 'node_modules'))
      ? undefined
      : `the ${name} are not installed (npm ci --prefix test/${name})`,
    required,
    imported: async (module) => {
      // A file in that folder: where a name leads depends on who imports it.
      const { load } = await import(pathToFileURL(join(folder, 'load.mjs')).href)
      return load(module)
    },
  }
}
