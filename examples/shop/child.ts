import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Asks a child to end and waits until it has; one that has not after five seconds is killed. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await exited
  clearTimeout(impatience)
}
