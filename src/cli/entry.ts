import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, extname, join, resolve } from 'node:path'

/** What is to be started. */
export type Entry =
  /** Node runs it; `path` is as it was typed, for Node finds it by the same rules. */
  | { readonly kind: 'script'; readonly path: string }
  /** The system runs it; `byNode` when its first line says that this means Node. */
  | { readonly kind: 'program'; readonly path: string; readonly byNode: boolean }

export interface Place {
  readonly cwd: string
  /** The value of PATH. */
  readonly searchPath: string
  /** The value of PATHEXT on Windows, empty elsewhere. */
  readonly extensions: string
}

const SCRIPT = /\.[cm]?[jt]s$/i

/**
 * Finds what a person means by `app`: a script as Node would find it (`app.js`, `app`, `.`), else a program on PATH
 * (`npm`). A file that is there wins over PATH; an executable without a script's extension is a program.
 * `undefined` when there is neither.
 */
export function findEntry(app: string, place: Place): Entry | undefined {
  const path = resolve(place.cwd, app)
  if (isFile(path))
    return !SCRIPT.test(path) && isExecutable(path) ? program(path) : { kind: 'script', path: app }

  const found = asNodeFinds(path)
  // `server` may be server.js beside us; a folder of a program's name (`npm/`) only counts when PATH has none.
  if (found !== undefined && dirname(found) === dirname(path)) return { kind: 'script', path: app }
  const onPath = /[/\\]/.test(app) ? undefined : findOnPath(app, place)
  if (onPath !== undefined) return program(onPath)
  return found === undefined ? undefined : { kind: 'script', path: app }
}

function asNodeFinds(path: string): string | undefined {
  try {
    return createRequire(path).resolve(path)
  } catch {
    return undefined
  }
}

function findOnPath(name: string, place: Place): string | undefined {
  const endings = place.extensions === '' || extname(name) !== '' ? [''] : place.extensions.split(';')
  for (const folder of place.searchPath.split(delimiter)) {
    for (const ending of endings) {
      const path = resolve(place.cwd, join(folder, name + ending))
      if (isFile(path) && isExecutable(path)) return path
    }
  }
  return undefined
}

function program(path: string): Entry {
  return { kind: 'program', path, byNode: isNodeScript(path) }
}

/** `#!/usr/bin/env node` and the like, with an interpreter that exists. */
function isNodeScript(path: string): boolean {
  const shebang = /^#!\s*(\S+)(.*)/.exec(beginning(path))
  return shebang !== null && isExecutable(shebang[1]!) && /(^|[\s/])node(\s|$)/.test(shebang[0].slice(2))
}

function beginning(path: string): string {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(256)
      return bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0))
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
