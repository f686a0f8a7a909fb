import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * A rival's module, or `undefined` where the rivals are not installed (`npm ci --prefix bench`). The caller says what
 * it uses of it: the type check must pass without them.
 */
export function rival<Used>(name: string): Used | undefined {
  try {
    return require(name) as Used
  } catch (error) {
    if ((error as { readonly code?: string }).code !== 'MODULE_NOT_FOUND') throw error
    process.stderr.write(`${name} is not installed: run "npm ci --prefix bench" to measure it\n`)
    return undefined
  }
}
