import { resolve } from 'node:path'
import { type Modules, modulesOf } from './modules-of.ts'

const libraries = modulesOf('libraries')

/** Why libraries cannot be tried here, if they cannot. */
export const noLibraries: string | undefined = libraries.missing
export const required: Modules['required'] = libraries.required
export const imported: Modules['imported'] = libraries.imported

/** The version that is installed under this name. */
export function versionOf(name: string): string {
  if (noLibraries !== undefined) return '?'
  // By its path: not every package lets one ask for that file.
  const file = resolve('test/libraries/node_modules', name, 'package.json')
  return required<{ readonly version: string }>(file).version
}
