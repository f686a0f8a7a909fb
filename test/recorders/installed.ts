import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * Loads a framework now, not when the test's file is read: the recorders are attached before. `undefined` where it
 * is not installed.
 */
export function installed<T>(name: string): T | undefined {
  try {
    return require(name) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

export function isInstalled(name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}
