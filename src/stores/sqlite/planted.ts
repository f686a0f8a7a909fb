import { lstatSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { YardstickError } from '../../ground/errors.ts'

type Owned = Pick<Stats, 'uid' | 'mode'>

/**
 * Whether another user may have put it there for us to fall into: it lies where everybody may put things, and is
 * neither ours nor the administrator's nor of whom the place belongs to. The rule by which Linux follows links in
 * /tmp (`protected_symlinks`).
 */
export function isPlanted(uid: number, there: Pick<Stats, 'uid'>, around: Owned): boolean {
  return (around.mode & 0o002) !== 0 && ![uid, 0, around.uid].includes(there.uid)
}

/**
 * Of whatever but a file lies at `path`: a file is nobody's way to another one. A link that the user made is followed.
 *
 * @throws YardstickError `YS_STORE_OPEN` if another user has put it where everybody may put things
 */
export function checkPlanted(path: string): void {
  const uid = process.geteuid?.()
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (uid === undefined || there === undefined || there.isFile()) return
  if (!isPlanted(uid, there, statSync(dirname(path)))) return
  throw new YardstickError(
    'YS_STORE_OPEN',
    `${path} is ${kindOf(there)} of another user (${there.uid}, this one is ${uid}) where everybody may put things: it was left ` +
      'as it is, because whoever put it there may want Yardstick to write elsewhere. Remove it, or set another path',
  )
}

function kindOf(there: Stats): string {
  if (there.isSymbolicLink()) return 'a link'
  if (there.isDirectory()) return 'a directory'
  if (there.isFIFO()) return 'a named pipe'
  return there.isSocket() ? 'a socket' : 'a device'
}
