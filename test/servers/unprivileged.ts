import { chownSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NOBODY = 65_534

/** How to spawn what refuses to run as root: as nobody, when we are root. */
export const unprivileged: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

/** An empty directory that belongs to whoever runs with `unprivileged`. */
export function unprivilegedDirectory(prefix: string): string {
  const directory = mkdtempSync(join(tmpdir(), prefix))
  if (unprivileged.uid !== undefined) chownSync(directory, NOBODY, NOBODY)
  return directory
}
