import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { YardstickError } from '../ground/errors.ts'
import { ownDependencies } from './package-version.ts'

/** A folder with a package.json. */
export interface Project {
  readonly root: string
  /** Its package.json as it is written. */
  readonly text: string
  readonly manifest: Manifest
}

/** What is read of a package.json; anything in it may be of another type than it should. */
export interface Manifest {
  readonly name: string | undefined
  readonly main: string | undefined
  readonly type: string | undefined
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

/**
 * The project that a folder belongs to.
 *
 * @throws YardstickError `YS_PROJECT` without a package.json, or with one that cannot be read
 */
export function projectOf(folder: string): Project {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, 'package.json')
    if (existsSync(file)) return { root: at, ...read(file) }
    if (dirname(at) === at) break
  }
  throw new YardstickError(
    'YS_PROJECT',
    `Expected a package.json in ${folder} or above it, found none. Go to your application's folder first.`,
  )
}

/** A project and those in whose folders it lies: npm finds packages and commands of each of them. */
export function projectsFrom(project: Project): readonly Project[] {
  const above = dirname(project.root)
  if (above === project.root) return [project]
  try {
    return [project, ...projectsFrom(projectOf(above))]
  } catch {
    return [project]
  }
}

/** The version of a package as the project's own code would find it; not of one that is there only because of us. */
export function installedVersion({ root, manifest }: Project, name: string): string | undefined {
  const { dependencies, devDependencies } = manifest
  if (!(name in dependencies) && !(name in devDependencies) && ownDependencies().includes(name))
    return undefined
  for (let at = root; ; at = dirname(at)) {
    try {
      const { version } = JSON.parse(readFileSync(join(at, 'node_modules', name, 'package.json'), 'utf8'))
      return typeof version === 'string' ? version : undefined
    } catch {
      if (dirname(at) === at) return undefined
    }
  }
}

function read(file: string): { readonly text: string; readonly manifest: Manifest } {
  try {
    const text = readFileSync(file, 'utf8')
    const json: unknown = JSON.parse(text)
    if (typeof json !== 'object' || json === null || Array.isArray(json))
      throw new Error('it holds no object')
    return { text, manifest: manifestOf(json as Readonly<Record<string, unknown>>) }
  } catch (cause) {
    throw new YardstickError(
      'YS_PROJECT',
      `Expected ${file} to be readable JSON: ${(cause as Error).message}.`,
      {
        cause,
      },
    )
  }
}

function manifestOf({
  name,
  main,
  type,
  scripts,
  dependencies,
  devDependencies,
}: Readonly<Record<string, unknown>>): Manifest {
  return {
    name: typeof name === 'string' ? name : undefined,
    main: typeof main === 'string' ? main : undefined,
    type: typeof type === 'string' ? type : undefined,
    scripts: textsOf(scripts),
    dependencies: textsOf(dependencies),
    devDependencies: textsOf(devDependencies),
  }
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
