/** What a start script becomes, or why it was left alone. */
export type StartScript =
  | { readonly kind: 'changed'; readonly command: string }
  | { readonly kind: 'kept' }
  | { readonly kind: 'left'; readonly why: string; readonly cure: string }

/** Settings of the environment before the command, as shells and cross-env take them, and the shell's own `exec`. */
const BEFORE = /^\s*(?:cross-env\s+)?(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*)\s+)*(?:exec\s+)?/
const SEVERAL = /&&|\|\||[;|`&]|\$\(/
const BUN = {
  why: 'Bun does not load what Node.js preloads',
  cure: 'start it with Node.js: "yardstick run app.ts"',
}
/** Programs that do not start the application with what Node.js is told by our environment. */
const OTHERS = new Map([
  ['bun', BUN],
  ['bunx', BUN],
  ['deno', { ...BUN, why: 'Deno does not load what Node.js preloads' }],
  [
    'pm2',
    {
      why: 'PM2 starts it from a daemon, which may run already',
      cure: 'start it with "pm2 start --node-args=--require=yardstick/register"',
    },
  ],
])
const CURE = 'put "yardstick run" before what it starts'

/**
 * The start script under Yardstick.
 *
 * @example startScript('NODE_ENV=production node server.js') // changed: NODE_ENV=production yardstick run server.js
 */
export function startScript(command: string): StartScript {
  if (/\byardstick(?:\/register|\s+run)\b/.test(command)) return { kind: 'kept' }
  if (SEVERAL.test(command)) return { kind: 'left', why: 'it runs several commands', cure: CURE }
  const before = BEFORE.exec(command)?.[0] ?? ''
  const rest = command.slice(before.length).trim()
  if (rest === '') return { kind: 'left', why: 'it runs nothing', cure: CURE }
  // Flags of Node are told from ours by their place; a program of any other name is started as it is.
  const started = /^node(?:\s+|$)/.test(rest) ? rest.replace(/^node\s*/, '') : rest
  const other = OTHERS.get(/^(?:npx\s+)?(\S*)/.exec(started)![1]!)
  if (other !== undefined) return { kind: 'left', ...other }
  if (started === '') return { kind: 'left', why: 'it starts Node.js without a script', cure: CURE }
  return { kind: 'changed', command: `${before}yardstick run ${started}` }
}
