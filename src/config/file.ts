import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { YardstickError } from '../ground/errors.ts'

/** In the order they are looked for in a directory; the first one there is taken. */
export const CONFIG_FILES: readonly string[] = ['ts', 'mts', 'js', 'mjs', 'json'].map(
  (end) => `yardstick.config.${end}`,
)

/**
 * The configuration file nearest to `directory`, up to and with the directory of the nearest `package.json`. Without
 * one, only in `directory` itself: what lies further up may be anybody's, and would be run.
 */
export function findConfigFile(directory: string): string | undefined {
  const places = [...upwards(directory)]
  const root = places.findIndex((at) => existsSync(join(at, 'package.json')))
  return places
    .slice(0, root === -1 ? 1 : root + 1)
    .flatMap((at) => CONFIG_FILES.map((name) => join(at, name)))
    .find((path) => existsSync(path))
}

/**
 * What a configuration file exports: `config`, else its default. A module is run in this thread, a `.ts` file by
 * Node's own type stripping.
 *
 * @throws YardstickError `YS_CONFIG_FILE` if it cannot be read or run, with the line; or exports neither
 */
export async function loadConfigFile(path: string): Promise<unknown> {
  if (!existsSync(path))
    throw new YardstickError('YS_CONFIG_FILE', `Expected a configuration file, found none at ${path}.`)
  const exported = path.endsWith('.json') ? await parsed(path) : configOf(await imported(path))
  if (exported !== undefined) return exported
  throw new YardstickError(
    'YS_CONFIG_FILE',
    `Expected ${path} to export its configuration, found neither "config" nor a default export. ` +
      `Write: export const config = defineConfig({ … })`,
  )
}

/** The name in the nearest `package.json` that has one. */
export async function packageName(directory: string): Promise<string | undefined> {
  for (const at of upwards(directory)) {
    try {
      const { name } = JSON.parse(await readFile(join(at, 'package.json'), 'utf8')) as {
        readonly name?: unknown
      }
      if (typeof name === 'string' && name.trim() !== '') return name.trim()
    } catch {
      // None here, or not a readable one: whoever needs it will complain better than we could.
    }
  }
  return undefined
}

function* upwards(directory: string): Generator<string> {
  let at = resolve(directory)
  for (;;) {
    yield at
    const above = dirname(at)
    if (above === at) return
    at = above
  }
}

async function parsed(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function imported(path: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    throw unreadable(path, error)
  }
}

function configOf(module: unknown): unknown {
  const { config, default: standard } = module as { readonly config?: unknown; readonly default?: unknown }
  if (config !== undefined) return config
  // A CommonJS module that was compiled from one with exports has them below its default.
  const below = standard as { readonly config?: unknown; readonly default?: unknown } | undefined | null
  return below?.config ?? below?.default ?? standard
}

function unreadable(path: string, error: unknown): YardstickError {
  const reason = error instanceof Error ? error.message : String(error)
  const commonJs = /import statement outside a module|Unexpected token 'export'/.test(reason)
  // A package that `npm init` made is CommonJS; Node then reads .ts and .js files in it that way too.
  const cure = commonJs ? '. Name it yardstick.config.mts, or set "type": "module" in package.json' : ''
  const line = lineIn(path, error)
  const isRun = line !== undefined && !(error instanceof SyntaxError)
  const where = line === undefined ? '' : `line ${line}${isRun ? ' threw' : ''}: `
  const what = isRun ? 'run' : 'read'
  return new YardstickError('YS_CONFIG_FILE', `Could not ${what} ${path}: ${where}${reason}${cure}`, {
    cause: error,
  })
}

/** The line of the file that its error names, in its head or its nearest frame. V8 says none for syntax in an ES module. */
function lineIn(path: string, error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const places = [pathToFileURL(path).href, path].map((place) => stack.indexOf(`${place}:`) + place.length)
  return places.flatMap((at) => /^:(\d+)/.exec(stack.slice(at))?.[1] ?? [])[0]
}
