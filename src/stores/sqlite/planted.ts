import { lstatSync, type Stats } from 'node:fs'
import { YardstickError } from '../../ground/errors.ts'
import { isPlantedAt } from '../../ground/planted.ts'

/**
 * Of whatever but a file lies at `path`: a file is nobody's way to another one. A link that the user made is followed.
 *
 * @throws YardstickError `YS_STORE_OPEN` if another user has put it where everybody may put things
 */
export function checkPlanted(path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there === undefined || there.isFile() || !isPlantedAt(path, there)) return
  throw new YardstickError(
    'YS_STORE_OPEN',
    `${path} is ${kindOf(there)} of another user (${there.uid}, this one is ${process.geteuid?.()}) where everybody may put things: it was left ` +
      'as it is, because whoever put it there may want Yardstick to write elsewhere. Remove it, or set another path',
  )
}

function kindOf(there: Stats): string {
  if (there.isSymbolicLink()) return 'a link'
  if (there.isDirectory()) return 'a directory'
  if (there.isFIFO()) return 'a named pipe'
  return there.isSocket() ? 'a socket' : 'a device'
}
