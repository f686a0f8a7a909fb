import { spawnSync } from 'node:child_process'

const available = spawnSync('taskset', ['--version']).status === 0

/** Whether processes can be kept on one core here (Linux with util-linux). */
export const CAN_PIN: boolean = available

/** Keeps this process, and what it starts from now on, on one core, where that can be done. */
export function pinSelf(cpu: number): void {
  if (available)
    spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(cpu), String(process.pid)])
}

/** A command line that keeps what it runs on one core, where that can be done. */
export function pinned(
  cpu: number,
  commandLine: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  return available ? ['taskset', '--cpu-list', String(cpu), ...commandLine] : commandLine
}
