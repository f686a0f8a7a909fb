import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Makes a directory for its owner only, hidden from git; one that is there already is left as it is. */
export function makeDirectory(directory: string): void {
  if (existsSync(directory)) return
  makeParents(dirname(directory))
  if (!make(directory, 0o700)) return
  // Only in a directory of our own making: in another one it would hide the user's files from git.
  writeFileSync(join(directory, '.gitignore'), '*\n')
}

// Level by level: `recursive: true` never returns where the parent is there but takes no directory (/proc).
function makeParents(directory: string): void {
  if (existsSync(directory) || dirname(directory) === directory) return
  makeParents(dirname(directory))
  make(directory, 0o777)
}

/** `false` when another process was faster. */
function make(directory: string, mode: number): boolean {
  try {
    mkdirSync(directory, { mode })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
