import { type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'

type Owned = Pick<Stats, 'uid' | 'mode'>

/**
 * Whether another user may have put it there for us to fall into: it lies where everybody may put things, and is
 * neither ours nor the administrator's nor of whom the place belongs to. The rule by which Linux follows links in
 * /tmp (`protected_symlinks`).
 */
export function isPlanted(uid: number, there: Pick<Stats, 'uid'>, around: Owned): boolean {
  return (around.mode & 0o002) !== 0 && ![uid, 0, around.uid].includes(there.uid)
}

/** The same of what lies at a path, for the user that this process runs as; never where users have no numbers. */
export function isPlantedAt(path: string, there: Pick<Stats, 'uid'>): boolean {
  const uid = process.geteuid?.()
  return uid !== undefined && isPlanted(uid, there, statSync(dirname(path)))
}
