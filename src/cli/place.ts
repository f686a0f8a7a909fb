import type { Command } from 'commander'

/** Where a running service answers. */
export interface PlaceOptions {
  readonly url: string
  readonly token?: string
  readonly json?: boolean
}

/** Where a Yardstick of this machine answers that was told its port, or not. */
export function usualAddress(): string {
  const port = process.env.YARDSTICK_PORT ?? ''
  return `http://127.0.0.1:${/^[1-9]\d*$/.test(port) ? port : 9797}`
}

/** Adds the options that say where a running service answers. */
export function place(command: Command): Command {
  return command
    .option('--url <url>', 'where Yardstick answers', usualAddress())
    .option('--token <token>', 'access token (default: YARDSTICK_TOKEN)')
    .option('--json', 'the answer as JSON')
}
