import { execFileSync, spawn } from 'node:child_process'

const REASON = 'needs the program script of util-linux'

/** Why tests on a terminal are skipped; `false` when they are not. */
export const NO_TERMINAL: string | false = (() => {
  try {
    return !execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux') && REASON
  } catch {
    return REASON
  }
})()
/** Runs a command on a terminal, presses `key` once it has said `wanted`; all it wrote, and `[exit code]` at the end. */
export async function onTerminal(
  words: readonly string[],
  wanted: string,
  key: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const command = `${words.map((word) => `'${word}'`).join(' ')}; echo "[$?]"`
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    timeout: 30_000,
    env: { PATH: process.env.PATH, TERM: 'xterm', SHELL: '/bin/sh', ...env },
  })
  let seen = ''
  let pressed = false
  for await (const chunk of child.stdout) {
    seen += chunk
    if (!pressed && seen.includes(wanted)) child.stdin.write(key)
    pressed ||= seen.includes(wanted)
  }
  return seen
}
