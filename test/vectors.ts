import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../shared/vectors/', import.meta.url))

/** Reads a reference vector, or gives `undefined` where the vectors are not beside the project. */
export function vectors<T>(path: string): T | undefined {
  const file = root + path
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined
}

/** The reason a test is skipped with where the vectors are absent. */
export const NO_VECTORS = 'the reference vectors (../shared/vectors) are not beside this checkout'
