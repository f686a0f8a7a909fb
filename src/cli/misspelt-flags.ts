import { spawnSync } from 'node:child_process'
import { suggestion } from '../ground/suggestion.ts'

/** What a variable or the configuration sets, and no option of `yardstick run`: YARDSTICK_HOST and so on. */
export const NO_OPTIONS: ReadonlySet<string> = new Set(
  ['host', 'layers', 'public-url', 'retention', 'runtime', 'server-timing', 'token', 'window'].map(
    (name) => `--${name}`,
  ),
)

/** What was meant by flags that Node does not know either, as sentences after others; empty where nobody can tell. */
export function meantBy(nodeFlags: readonly string[], ownOptions: readonly string[]): string {
  const [first] = nodeFlags
    .filter((flag) => !process.allowedNodeEnvironmentFlags.has(flag))
    .flatMap((flag) => meant(flag.replace(/=.*/s, ''), ownOptions))
  return first === undefined ? '' : ` ${first}`
}

function meant(flag: string, ownOptions: readonly string[]): readonly string[] {
  if (NO_OPTIONS.has(flag)) {
    const name = flag.slice(2)
    const variable = `YARDSTICK_${name.replaceAll('-', '_').toUpperCase()}`
    return [`${flag} is no option of yardstick run either: set ${variable}, or say it in the configuration.`]
  }
  // The dashes are in every one, and would make short words alike.
  const names = ownOptions.map((option) => option.slice(2))
  const near = flag.startsWith('--') ? suggestion(flag.slice(2), names) : undefined
  return near === undefined ? [] : [`Did you mean --${near}?`]
}

/** Node itself is asked: V8's flags are in no list of its, and a newer one may have one more. */
export function nodeRefuses(nodeFlags: readonly string[]): boolean {
  const { NODE_OPTIONS: _, ...env } = process.env
  return spawnSync(process.execPath, [...nodeFlags, '--version'], { env, stdio: 'ignore' }).status === 9
}
