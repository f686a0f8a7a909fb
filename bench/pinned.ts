import { spawnSync } from 'node:child_process'

const available = spawnSync('taskset', ['--version']).status === 0

/** Whether processes can be kept on one core here (Linux with util-linux). */
export const CAN_PIN: boolean = available

/** A command line that keeps what it runs on one core, where that can be done. */
export function pinned(
  cpu: number,
  commandLine: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  return available ? ['taskset', '--cpu-list', String(cpu), ...commandLine] : commandLine
}
