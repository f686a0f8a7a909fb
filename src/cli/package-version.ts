import { readFileSync } from 'node:fs'

/** The version of this package. */
export function packageVersion(): string {
  return manifest().version
}

/** What this package needs itself, and brings into every project. */
export function ownDependencies(): readonly string[] {
  return Object.keys(manifest().dependencies ?? {})
}

function manifest(): { readonly version: string; readonly dependencies?: object } {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
}
