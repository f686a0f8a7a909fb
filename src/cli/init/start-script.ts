/** What a start script becomes, or why it was left alone. */
export type StartScript =
  | { readonly kind: 'changed'; readonly command: string }
  | { readonly kind: 'kept' }
  | { readonly kind: 'left'; readonly why: string }

/** Settings of the environment before the command, as shells and cross-env take them. */
const BEFORE = /^\s*(?:cross-env\s+)?(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*)\s+)*/
const SEVERAL = /&&|\|\||[;|`&]|\$\(/

/**
 * The start script under Yardstick.
 *
 * @example startScript('NODE_ENV=production node server.js') // changed: NODE_ENV=production yardstick run server.js
 */
export function startScript(command: string): StartScript {
  if (/\byardstick(?:\/register|\s+run)\b/.test(command)) return { kind: 'kept' }
  if (SEVERAL.test(command)) return { kind: 'left', why: 'it runs several commands' }
  const before = BEFORE.exec(command)?.[0] ?? ''
  const rest = command.slice(before.length).trim()
  if (rest === '') return { kind: 'left', why: 'it runs nothing' }
  // Flags of Node are told from ours by their place; a program of any other name is started as it is.
  const started = /^node(?:\s+|$)/.test(rest) ? rest.replace(/^node\s*/, '') : rest
  if (started === '') return { kind: 'left', why: 'it starts Node.js without a script' }
  return { kind: 'changed', command: `${before}yardstick run ${started}` }
}
