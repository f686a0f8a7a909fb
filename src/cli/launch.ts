import { type SpawnOptions, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import { YardstickError } from '../ground/errors.ts'

/** A program, its words (without its own name) and the environment it gets. */
export interface Start {
  readonly file: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

/**
 * Becomes the program: same process, so pid, exit code, signals and stdio are its own. Does not return.
 * Only for programs that are Node: other ones would inherit that Node ignores SIGPIPE.
 */
export function become(start: Start): never {
  return process.execve!(start.file, [process.argv0, ...start.args], start.env)
}

/**
 * Whether `become` works here. Not on Windows and IBM i; nor when a parent talks to us by IPC (PM2, fork), for Node
 * takes the channel out of the environment before we could pass it on.
 */
export function canBecome(): boolean {
  return (
    typeof process.execve === 'function' &&
    (process.platform === 'linux' || process.platform === 'darwin' || process.platform === 'freebsd') &&
    process.send === undefined
  )
}

const RELAYED = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGCONT',
  'SIGBREAK',
  'SIGWINCH',
] as const
/** What a terminal sends to every process of the foreground at once. */
const FROM_TERMINAL: ReadonlySet<string> = new Set([
  'SIGINT',
  'SIGQUIT',
  'SIGHUP',
  'SIGWINCH',
  'SIGBREAK',
  'SIGCONT',
])

/**
 * Starts the program beside us, with our stdio, passes signals and messages on, and ends as it ends: with its exit
 * code or by its signal.
 *
 * @throws YardstickError `YS_RUN_START` (by rejection) when it cannot be started.
 */
export function accompany(start: Start): Promise<never> {
  const ipc = process.send !== undefined
  const options: SpawnOptions = {
    env: start.env,
    stdio: ipc ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    ...(ipc ? { serialization: 'advanced' } : {}),
  }
  const child = spawn(start.file, start.args, options)
  const relay = (signal: NodeJS.Signals): void => {
    // With a terminal the program got this one already; a second Ctrl-C often means "at once".
    if (FROM_TERMINAL.has(signal) && isatty(0)) return
    child.kill(signal)
  }
  for (const signal of RELAYED) if (signal in constants.signals) process.on(signal, relay)
  if (ipc) relayMessages(child)

  return new Promise((_, reject) => {
    child.on('error', (cause) => {
      if (child.pid !== undefined) return
      reject(new YardstickError('YS_RUN_START', `Could not start ${start.file}: ${cause.message}`, { cause }))
    })
    child.on('exit', (code, signal) => {
      // Its last words may still be on the way.
      if (child.connected) child.once('disconnect', () => endLike(code, signal, relay))
      else endLike(code, signal, relay)
    })
  })
}

function endLike(code: number | null, signal: NodeJS.Signals | null, relay: NodeJS.SignalsListener): never {
  for (const each of RELAYED) process.removeListener(each, relay)
  if (signal !== null) process.kill(process.pid, signal)
  // Node ignores a few signals (SIGPIPE): then the shell's way of writing them.
  process.exit(code ?? 128 + constants.signals[signal!])
}

function relayMessages(child: ReturnType<typeof spawn>): void {
  process.on('message', (message, handle) => {
    if (child.connected) child.send(message as object, handle as never)
  })
  process.on('disconnect', () => child.connected && child.disconnect())
  child.on('message', (message, handle) => process.connected && process.send!(message, handle))
  child.on('disconnect', () => process.connected && process.disconnect())
}
