import type { Command } from 'commander'

/** Where a running service answers. */
export interface PlaceOptions {
  /** Default: see `addressOf`. */
  readonly url?: string
  readonly token?: string
  readonly json?: boolean
}

/** Adds the options that say where a running service answers. */
export function place(command: Command): Command {
  return command
    .option(
      '--url <url>',
      'where Yardstick answers (default: where the service of this folder does, else port 9797 of this machine, or YARDSTICK_PORT)',
    )
    .option('--token <token>', 'access token (default: YARDSTICK_TOKEN)')
}
