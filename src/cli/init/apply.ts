import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { YardstickError } from '../../ground/errors.ts'
import type { Change } from './change.ts'

/**
 * Makes the changes. A file that has come, or was changed, since they were planned is left as it is.
 *
 * @throws YardstickError `YS_PROJECT` when a file cannot be written, or is not as it was
 */
export function apply(root: string, changes: readonly Change[]): void {
  for (const { file, before, after } of changes) {
    const path = join(root, file)
    try {
      if (before !== undefined && readFileSync(path, 'utf8') !== before)
        throw new Error('it has just been changed')
      writeFileSync(path, after, { flag: before === undefined ? 'wx' : 'w' })
    } catch (cause) {
      throw new YardstickError(
        'YS_PROJECT',
        `Expected to write ${path}: ${(cause as Error).message}. Run "yardstick init" again; it does what is left.`,
        { cause },
      )
    }
  }
}
