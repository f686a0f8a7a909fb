import { suggestion } from '../ground/suggestion.ts'

/**
 * What was meant by flags that Node does not know either, as sentences after others; empty where nobody can tell.
 *
 * @param ownOptions the options of `yardstick run`, none of which is among the flags
 */
export async function meantBy(nodeFlags: readonly string[], ownOptions: readonly string[]): Promise<string> {
  const flags = nodeFlags.filter(
    (flag) => flag.startsWith('--') && !process.allowedNodeEnvironmentFlags.has(flag),
  )
  if (flags.length === 0) return ''
  // All that reads a configuration comes with it, and most applications are started without such flags.
  const { VARIABLES } = await import('../config/environment.ts')
  // The dashes are in every one, and would make short words alike.
  const options = ownOptions.map((option) => option.slice(2))
  for (const flag of flags) {
    const name = flag.slice(2).replace(/=.*/s, '')
    const variable = `YARDSTICK_${name.replaceAll('-', '_').toUpperCase()}`
    if (Object.hasOwn(VARIABLES, variable))
      return ` --${name} is no option of yardstick run either: set ${variable}, or say it in the configuration.`
    const near = suggestion(name, options)
    if (near !== undefined) return ` Did you mean --${near}?`
  }
  return ''
}
