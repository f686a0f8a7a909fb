/**
 * A NODE_OPTIONS value that requires `file` first and keeps what was there. The file comes before the others'
 * preloads, for these may load the libraries that Yardstick watches; given twice, it stays once.
 *
 * @example
 * withPreload('/srv/my app/register.cjs', '--inspect') // '--require "/srv/my app/register.cjs" --inspect'
 */
export function withPreload(file: string, present: string | undefined): string {
  const preload = `--require ${quoted(file)}`
  if (present === undefined || present.trim() === '') return preload
  return ` ${present} `.includes(` ${preload} `) ? present : `${preload} ${present}`
}

// Node splits the variable at spaces, knows double quotes, and a backslash escapes only inside them. Other programs
// that read it split it more simply, so a plain path stays bare.
function quoted(path: string): string {
  return /[ "\\]/.test(path) ? `"${path.replace(/["\\]/g, '\\$&')}"` : path
}
