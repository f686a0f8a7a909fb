import type { Command } from 'commander'

/**
 * One command of the `yardstick` program: its options and help. What it does is loaded when it runs, so that
 * `yardstick run` does not pay for the others.
 */
export interface CliCommand {
  readonly name: string
  /** Adds the command to the program. */
  readonly addTo: (program: Command) => void
}
