import type { Command } from 'commander'

/** Adds the options that say where a running service answers. */
export function place(command: Command): Command {
  return command
    .option('--url <url>', 'where Yardstick answers', 'http://127.0.0.1:9797')
    .option('--token <token>', 'access token (default: YARDSTICK_TOKEN)')
    .option('--json', 'the answer as JSON')
}
