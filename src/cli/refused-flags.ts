import { spawnSync } from 'node:child_process'

/** Node itself is asked: V8's flags are in no list of its, and a newer one may have one more. */
export function nodeRefuses(nodeFlags: readonly string[]): boolean {
  const { NODE_OPTIONS: _, ...env } = process.env
  return spawnSync(process.execPath, [...nodeFlags, '--version'], { env, stdio: 'ignore' }).status === 9
}
